"""Settings of the mesher."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from atelierkit.settings import TokenSettings


class MesherSettings(TokenSettings):
    """Where the mesher listens and how much it works at a time."""

    model_config = SettingsConfigDict(env_prefix="ATELIER_MESHER_")

    port: int = Field(default=50054, ge=0, le=65535)
    """Port of the gRPC server; 0 takes a free one."""
    workers: int = Field(default=2, ge=1)
    """Bodies built at a time, in threads beside the event loop; further ones wait their turn."""
    scan_threads: int = Field(default=1, ge=1)
    """Threads that the surface of one scan is made with; scans are taken one at a time, beside the bodies."""
    kept_cuts: int = Field(default=256, ge=1)
    """Garment cuts whose topology is kept; each takes about 2 MB, and 0.3 s to make again."""
