"""Settings of the gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from atelierkit.settings import TokenSettings
from services.gateway.limits import Policies

PUBLISHED_LIMITS = "generate=10/15min,general=100/15min,preview=900/15min,gallery=2000/15min"


def _spool_folder(fields: dict[str, Any]) -> Path:
    data_dir: Path = fields["data_dir"]
    return data_dir / "gateway-spool"


class GatewaySettings(TokenSettings):
    """Where the gateway listens, whom it calls and what it refuses."""

    model_config = SettingsConfigDict(env_prefix="ATELIER_GATEWAY_")

    @property
    def policies(self) -> Policies | None:
        """The limits, read; None where there are none."""
        return Policies.parse(self.limits, PUBLISHED_LIMITS)

    @field_validator("limits")
    @classmethod
    def _limits_can_be_read(cls, limits: str) -> str:
        Policies.parse(limits, PUBLISHED_LIMITS)
        return limits

    port: int = Field(default=8080, ge=0, le=65535)
    """Port of the HTTP server; 0 takes a free one."""
    catalog_addr: str
    """host:port of the catalog service."""
    generator_addr: str
    """host:port of the generator service."""
    mesher_addr: str
    """host:port of the mesher service."""
    tryon_addr: str
    """host:port of the try-on service."""
    web_dir: Path = Path("web/dist")
    """Folder of the built web app; without it the gateway serves the API alone."""
    spool_dir: Path = Field(default_factory=_spool_folder)
    """Folder of the audit entries that auth does not have yet, up to 64 MB a gateway; in ``data_dir`` by default. Several
    gateways may share one. It is to outlive the process: its next start ships what a killed one left."""
    request_timeout_s: float = Field(default=10.0, gt=0)
    """Deadline of one HTTP request; the calls behind it share what is left of it."""
    cloud_timeout_s: float = Field(default=120.0, gt=0)
    """Deadline of one `POST /v1/clouds`, in place of `request_timeout_s`: a scan takes seconds, and waits its turn."""
    export_timeout_s: float = Field(default=120.0, gt=0)
    """The same for `GET /v1/me/export`: a long history takes many calls."""
    max_cloud_bytes: int = Field(default=150_000_000, gt=0)
    """Largest uploaded cloud that is read."""
    batch_timeout_s: float = Field(default=30.0, gt=0)
    """Deadline of one `POST /v1/avatars/batch`: a thousand rows are read and checked."""
    max_batch_bytes: int = Field(default=2_000_000, gt=0)
    """Largest batch that is read."""
    event_stream_s: float = Field(default=600.0, gt=0)
    """Longest life of an event stream; its client comes back by itself."""
    max_event_streams: int = Field(default=100, gt=0)
    """Event streams that are open at a time; each is a call of the generator, which takes 256."""
    max_uploads: int = Field(default=4, gt=0)
    """Clouds that are held at a time, in memory; the next one is told to come back."""
    photo_timeout_s: float = Field(default=60.0, gt=0)
    """Deadline of one request with photos of a face, waiting for its avatar included."""
    max_photo_forms: int = Field(default=4, gt=0)
    """Requests with photos that are read at a time, each up to 30 MB in memory; the next one is told to come back."""
    require_consent: bool = False
    """Whether the inherited routes for photos of faces demand consent with the version of the policy in force, as those of
    /v1 always do. Off, so that their clients work unchanged; switch it on wherever strangers' faces may arrive."""
    max_reads: int = Field(default=32, gt=0)
    """Reads at work at a time; as many wait."""
    max_files: int = Field(default=16, gt=0)
    """Downloads prepared at a time; as many wait. Sending is not counted."""
    max_pictures: int = Field(default=8, gt=0)
    """Pictures of avatars that are asked for at a time; as many wait. Each may have to be drawn, one after the other."""
    max_gallery: int = Field(default=32, gt=0)
    """Pictures of poses that are asked for at a time, by anybody; as many wait."""
    max_pose_drawings: int = Field(default=8, gt=0)
    """Those of them that have to be drawn, by the mesher one at a time: as many as it makes in the 8 seconds that one may wait
    there on two cores. The next one is told to come back."""
    picture_timeout_s: float = Field(default=30.0, gt=0)
    """Deadline of one picture, in place of `request_timeout_s`: it may wait for others that are drawn before it."""
    max_bodies: int = Field(default=6, gt=0)
    """Avatars and previews made at a time, about three for each worker of the meshers; as many wait."""
    max_passwords: int = Field(default=8, gt=0)
    """Log-ins and sign-ups at work at a time; as many wait."""
    longest_wait_s: float = Field(default=0.5, ge=0)
    """Longest wait in one of these queues; a request that would wait longer is refused at once."""
    most_lag_s: float = Field(default=0.05, gt=0)
    """Lag of the event loop from which on each queue gives half of its places alone."""
    max_json_bytes: int = Field(default=1_000_000, gt=0)
    """Largest JSON or form body that is read."""
    browser_token_cache_s: float = Field(default=30.0, ge=0)
    """How long a browser session's access token is reused: the longest that a closed session still works."""
    key_token_cache_s: float = Field(default=30.0, ge=0)
    """The same for API keys: the longest that a revoked one still works."""
    trusted_proxies: str = ""
    """Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: addresses or networks with commas between,
    `*` where nothing but the proxy reaches this port. Empty believes none; cookies are then `Secure` on HTTPS alone."""
    limits: str = PUBLISHED_LIMITS
    """How often one client may ask, over those that are published: `generate=20/15min,pro.general=1000/1h`; what is not
    named is as published, and a tier's own goes before everybody's. `off` lets everybody in."""
    limits_store: SecretStr = SecretStr("")
    """`redis://`, `rediss://`, `valkey://` or `valkeys://` of a store in which all gateways count together; empty counts
    in memory, which is right for one gateway."""
    serve_metrics: bool = True
    """Whether `/metrics` is answered on the HTTP port too; off where that port faces the internet."""
