"""Where the page of an alert is."""

from __future__ import annotations

HOME = "https://example.invalid/docs/runbooks"


def url(alert: str) -> str:
    """Address of the alert's page."""
    return f"{HOME}/{alert}.md"
