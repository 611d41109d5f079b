"""Settings of `make run`."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class LocalSettings(BaseSettings):
    """Where the platform of this machine keeps its data and where it listens."""

    model_config = SettingsConfigDict(env_prefix="ATELIER_", frozen=True, use_attribute_docstrings=True)

    data_dir: Path = Path(".atelier")
    """Folder of everything that is kept: the database, avatars, logs."""
    gateway_host: str = "127.0.0.1"
    """Address that the gateway listens on; `0.0.0.0` for the whole network."""
    gateway_port: int = Field(default=8080, ge=0, le=65535)
    """Port of the gateway; 0 takes a free one."""
    public_url: str = Field(default="", validation_alias="ATELIER_AUTH_PUBLIC_URL")
    """Where people reach the platform, for links in letters; empty for the gateway's address on this machine."""
    mtls: bool = False
    """Whether the services talk mutual TLS, with certificates made for this run, as they do in a cluster."""
    start_timeout_s: float = Field(default=60.0, gt=0)
    """Longest wait for every service to be ready."""
