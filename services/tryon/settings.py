"""Settings of the try-on service."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from atelierkit.settings import TokenSettings


class TryonSettings(TokenSettings):
    """Where the try-on service listens and whose tokens it takes."""

    model_config = SettingsConfigDict(env_prefix="ATELIER_TRYON_")

    port: int = Field(default=50055, ge=0, le=65535)
    """Port of the gRPC server; 0 takes a free one."""
    allowed_peers: frozenset[str] = frozenset({"gateway"})
    """Services that may call this one, by name; the certificate proves it. Without TLS anybody may."""
