"""Grafana's dashboards as code: `python -m deploy.grafana` writes `dashboards/*.json` from `boards/`."""

from __future__ import annotations
