"""Where the page of an alert is: in Grafana, as a panel of the dashboard that `deploy/grafana/pages.py` makes of them."""

from __future__ import annotations

import zlib

UID = "atelier-runbooks"
GRAFANA = "{{ $externalLabels.grafana }}"
"""Address of Grafana, which Prometheus fills in: an alert is read where Grafana's own root is not known."""


def number(alert: str) -> int:
    """Id of the page's panel. It stays when others come and go: an alert of last week still leads to its page."""
    return zlib.crc32(alert.encode()) >> 1


def path(alert: str) -> str:
    """Address of the alert's page within Grafana."""
    return f"/d/{UID}/{alert}?viewPanel={number(alert)}"


def url(alert: str) -> str:
    """Address of the alert's page for whoever is told of it, as a template of Prometheus'."""
    return GRAFANA + path(alert)
