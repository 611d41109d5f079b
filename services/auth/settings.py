"""Settings of the auth service, ``ATELIER_AUTH_*`` in the environment."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator

from atelierkit.settings import DatabaseSettings, ServiceSettings
from services.auth.adapters.sealing import ring_of


class AuthSettings(ServiceSettings, DatabaseSettings, env_prefix="ATELIER_AUTH_"):
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
    password_memory_kib: int = Field(default=19456, ge=19456)
    """Argon2id's m; 19 MiB with t=2 and p=1 is OWASP's profile, about 17 ms of CPU. Old hashes grow at log-in."""
    password_time_cost: int = Field(default=2, ge=2)
    """Argon2id's t."""
    password_threads: int = Field(default=2, ge=1)
    """Passwords hashed at a time; each takes ``password_memory_kib``, the others wait."""
    password_wait_s: float = Field(default=1.0, ge=0)
    """Longest wait of a password for its turn; one that would wait longer is refused at once."""

    @field_validator("sealing_keys")
    @classmethod
    def _is_a_ring(cls, keys: SecretStr) -> SecretStr:
        if keys.get_secret_value():
            ring_of(keys.get_secret_value())
        return keys
