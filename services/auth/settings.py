"""Settings of the auth service, ``ATELIER_AUTH_*`` in the environment."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_validator

from atelierkit.settings import DatabaseSettings, JobSettings
from services.auth.adapters.sealing import ring_of
from services.auth.domain.credits import Prices
from services.auth.domain.targets import PORTS

_VERSION = r"^[A-Za-z0-9._-]{1,64}$"


class AuthSettings(JobSettings, DatabaseSettings, env_prefix="ATELIER_AUTH_"):
    """What the auth service can be told."""

    allowed_peers: frozenset[str] = frozenset({"gateway", "generator", "mesher", "tryon"})
    """Services that may call this one, by name; the certificate proves it. Without TLS anybody may."""
    issuer: str = "atelier"
    """``iss`` of access tokens; differs between environments, so that none takes another's tokens."""
    audience: str = "atelier"
    """``aud`` of access tokens."""
    access_token_life_s: int = Field(default=900, ge=60, le=3600)
    """Life of an access token: how long a closed session's last token is still taken."""
    session_life_days: int = Field(default=30, ge=1, le=365)
    """Life of a session, from log-in on; use does not lengthen it."""
    sealing_keys: SecretStr = SecretStr("")
    """Keys that seal secrets at rest: ``id:base64`` of 32 bytes each, commas between; the first seals, all open.
    Empty takes a key of this machine's own, made once in ``data_dir``: only where nobody else uses the database."""
    job_concurrency: int = Field(default=8, gt=0)
    """Jobs that one worker runs at a time: they wait for others' servers most of the time, and must not wait for each other."""
    smtp_host: str = ""
    """Mail server that letters are handed to; without one none are written, and addresses count as verified."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    """Its port: 587 for STARTTLS, 465 for TLS, 25 or 1025 for a server beside this one."""
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    """How the connection is guarded; with `none`, whoever is on the way reads along."""
    smtp_user: str | None = None
    """Who logs in there; unset for nobody."""
    smtp_password: SecretStr | None = None
    """The password of ``smtp_user``."""
    smtp_from: str = "Atelier <no-reply@localhost.localdomain>"
    """Sender of every letter: an address, or a name with one in angle brackets."""
    public_url: str = "http://127.0.0.1:8080"
    """Where people reach the platform; links in letters begin with it."""
    letters_schedule_scale: float = Field(default=1.0, ge=0)
    """Stretches the waits between tries of a letter: 10 s to 30 min, a day of them. Below 1 for tests alone."""
    webhooks_ports: frozenset[int] = PORTS
    """Ports that webhooks may be sent to."""
    webhooks_allow_private: bool = False
    """Whether webhooks may go to this machine itself, in plain text and to any port: for development alone."""
    webhooks_timeout_s: float = Field(default=15.0, gt=0, le=30)
    """Longest attempt, from looking the name up to the end of the answer."""
    webhooks_schedule_scale: float = Field(default=1.0, ge=0)
    """Stretches the waits between attempts: 5 s to 24 h, ten attempts in three days. Below 1 for tests alone."""
    prices: Prices = Prices()
    """What work costs, in credits, as JSON; what it does not name stays: ``{"face_avatar": 4}``."""
    face_photos_policy: str = Field(default="2026-11", pattern=_VERSION)
    """Version in force of the policy on photos of faces; with a new one, everybody is asked again."""
    improve_models_policy: str = Field(default="2026-11", pattern=_VERSION)
    """Version in force of the policy on data that trains models."""
    password_memory_kib: int = Field(default=19456, ge=19456)
    """Argon2id's m; 19 MiB with t=2 and p=1 is OWASP's profile, about 17 ms of CPU. Old hashes grow at log-in."""
    password_time_cost: int = Field(default=2, ge=2)
    """Argon2id's t."""
    password_threads: int = Field(default=2, ge=1)
    """Passwords hashed at a time; each takes ``password_memory_kib``, the others wait."""
    password_wait_s: float = Field(default=1.0, ge=0)
    """Longest wait of a password for its turn; one that would wait longer is refused at once."""

    @property
    def sends_mail(self) -> bool:
        """Whether there is a mail server."""
        return bool(self.smtp_host)

    @field_validator("sealing_keys")
    @classmethod
    def _is_a_ring(cls, keys: SecretStr) -> SecretStr:
        if keys.get_secret_value():
            ring_of(keys.get_secret_value())
        return keys
