"""Settings of the demo service."""

from __future__ import annotations

from atelierkit.settings import ServiceSettings


class DemoSettings(ServiceSettings, env_prefix="ATELIER_DEMO_"):
    fail: str = ""
    """How the start fails; empty for not at all."""
