"""Pictures of the dashboards with real answers, drawn by us: it is not Grafana that is seen, but what it would show.

`python -m deploy.grafana.picture http://127.0.0.1:9090 FOLDER` asks a Prometheus and needs Chromium.
"""

from __future__ import annotations
