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
    allowed_peers: frozenset[str] = frozenset({"gateway", "generator"})
    """Services that may call this one, by name; the certificate proves it. Without TLS anybody may."""
    workers: int = Field(default=2, ge=1)
    """Bodies built at a time, in threads beside the event loop; further ones wait their turn."""
    longest_wait_s: float = Field(default=1.0, ge=0)
    """Longest wait of a body for its turn; one that would wait longer is refused at once."""
    longest_scan_wait_s: float = Field(default=60.0, ge=0)
    """The same for a scan."""
    longest_drawing_wait_s: float = Field(default=8.0, ge=0)
    """The same for a picture; one is drawn at a time."""
    longest_gallery_wait_s: float = Field(default=8.0, ge=0)
    """The same for a picture of a pose, which is nobody's; one is made at a time, beside the bodies."""
    longest_film_wait_s: float = Field(default=240.0, ge=0)
    """The same for a video; one is drawn at a time, and pictures go before it."""
    drawing_device: str = Field(default="auto", pattern=r"^(auto|card|processor|/dev/dri/\w+)$")
    """What draws: `auto` takes a card where one works, else the processor; `card`, `processor` and a card's file, as
    /dev/dri/renderD128, take that or refuse to start."""
    scan_threads: int = Field(default=1, ge=1)
    """Threads that the surface of one scan is made with; scans are taken one at a time, beside the bodies."""
    kept_cuts: int = Field(default=256, ge=1)
    """Garment cuts whose topology is kept; each takes about 2 MB, and 0.3 s to make again."""
