"""Settings of the catalog service."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from atelierkit.settings import DatabaseSettings, ServiceSettings


class CatalogSettings(ServiceSettings, DatabaseSettings):
    """Where the catalogue listens and where its records lie."""

    model_config = SettingsConfigDict(env_prefix="ATELIER_CATALOG_")

    port: int = Field(default=50052, ge=0, le=65535)
    """Port of the gRPC server; 0 takes a free one."""
    allowed_peers: frozenset[str] = frozenset({"gateway", "generator"})
    """Services that may call this one, by name; the certificate proves it. Without TLS anybody may."""
