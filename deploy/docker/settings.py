"""Settings of `make images` and `make sbom`."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]


class ImagesSettings(BaseSettings):
    """Where images are kept, and what this machine's network needs while they are built."""

    model_config = SettingsConfigDict(
        env_prefix="ATELIER_IMAGES_", frozen=True, use_attribute_docstrings=True
    )

    dir: Path = ROOT / "build" / "images"
    """Folder of the images, apart from any other store of this machine."""
    sbom_dir: Path = ROOT / "build" / "sbom"
    """Folder that the bills of materials are written to."""
    storage_driver: str = "overlay"
    """How buildah keeps layers: ``vfs`` where the kernel lends no overlay, at several times the space."""
    debian_mirror: str = "http://deb.debian.org/debian"
    """Where the stand-ins' Debian comes from."""
    certificates: Path = Path("/etc/ssl/certs/ca-certificates.crt")
    """The machine's authorities, lent to the build: they stay outside the images."""
