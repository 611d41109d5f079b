"""Settings of the crane."""

from __future__ import annotations

from atelierkit.settings import DatabaseSettings, JobSettings


class CraneSettings(JobSettings, DatabaseSettings, env_prefix="ATELIER_CRANE_"):
    schema_name: str
    """Schema of the rail."""
