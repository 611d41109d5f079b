"""Settings that every service shares; each service adds its own fields and its prefix.

Environment variables are ``ATELIER_<SERVICE>_<FIELD>``; ``ATELIER_DATA_DIR`` and ``ATELIER_FAILPOINTS`` alone are
common to all.
Telemetry keeps its standard names (``OTEL_*``), and so does S3 (``AWS_*``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


@dataclass(frozen=True)
class Tls:
    """PEM files for mutual TLS: the same three serve a server and its clients."""

    cert: Path
    key: Path
    client_ca: Path


class _Settings(BaseSettings):
    model_config = SettingsConfigDict(
        frozen=True,
        env_prefix="ATELIER_",
        populate_by_name=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )


def _blob_folder(fields: dict[str, Any]) -> str:
    data_dir: Path = fields["data_dir"]
    return (data_dir.absolute() / "blobs").as_uri()


class ServiceSettings(_Settings):
    """What every process needs to listen, log, stop and find its files."""

    host: str = "127.0.0.1"
    """Address that the gRPC server listens on; loopback unless TLS or a private network guards it."""
    port: int = Field(default=50051, ge=0, le=65535)
    """Port of the gRPC server; 0 takes a free one."""
    metrics_host: str = "127.0.0.1"
    """Address that Prometheus' metrics and the health port are served on."""
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    """Port of the metrics, apart from the service's own; unset serves none, 0 takes a free one."""
    health_port: int | None = Field(default=None, ge=0, le=65535)
    """Port of `grpc.health.v1` alone, in plain text, for probes without a certificate; unset serves none."""
    drain_grace_s: float = Field(default=10.0, ge=0)
    """Time that running calls get to finish after the server has stopped taking new ones."""
    endpoint_notice_s: float = Field(default=0.0, ge=0)
    """Wait between saying NOT_SERVING and refusing calls, for load balancers to notice; about 5 in a cluster."""
    reflection: bool = False
    """Whether gRPC reflection describes the service to anyone who asks."""
    max_message_bytes: int = Field(default=4 * 1024 * 1024, gt=0)
    """Largest gRPC message taken or sent; big bytes ride in the object store, not in messages."""
    max_concurrent_rpcs: int = Field(default=256, gt=0)
    """Calls at work at a time; further ones are answered RESOURCE_EXHAUSTED at once."""
    max_connection_age_s: float = Field(default=300.0, gt=0)
    """Life of a connection; its client then connects anew: to new replicas, with the certificates of then."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe level that is logged."""
    log_format: Literal["json", "console"] = "json"
    """One JSON object per line, or lines for people."""
    tls_cert: Path | None = None
    """PEM certificate of this service; with the next two it switches mutual TLS on."""
    tls_key: Path | None = None
    """PEM private key of ``tls_cert``."""
    tls_client_ca: Path | None = None
    """PEM certificates of the authorities whose peers are trusted, clients and servers alike."""
    allowed_peers: frozenset[str] = frozenset()
    """Services that may call this one, by name; the certificate proves it. Without TLS anybody may."""
    peer_prefix: str = "spiffe://atelier/ns/atelier/sa/atelier-"
    """What comes before a service's name in the URI of its certificate: trust domain, namespace, account."""
    models_dir: Path = Path("models")
    """Folder of the trained models, one subfolder with a manifest each."""
    data_dir: Path = Field(default=Path(".data"), validation_alias="ATELIER_DATA_DIR")
    """Folder of everything that the platform stores on this machine; common to all services."""
    blob_url: str = Field(default_factory=_blob_folder)
    """Object store: ``file:///path``, ``s3://bucket/prefix`` or ``memory://``; a folder in ``data_dir`` by default."""

    failpoints: str = Field(default="", validation_alias="ATELIER_FAILPOINTS")
    """Places where this process is made to fail, for experiments alone (``atelierkit.failpoints``); common to all."""

    @classmethod
    def service(cls) -> str:
        """Name of the service whose settings these are."""
        return cls.__module__.split(".")[-2]

    @property
    def tls(self) -> Tls | None:
        """The three TLS files; None where the service speaks plain text."""
        if self.tls_cert is None or self.tls_key is None or self.tls_client_ca is None:
            return None
        return Tls(self.tls_cert, self.tls_key, self.tls_client_ca)

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        files = (self.tls_cert, self.tls_key, self.tls_client_ca)
        if any(files) and not all(files):
            raise ValueError("tls_cert, tls_key and tls_client_ca are set together or not at all")
        return self


class DatabaseSettings(_Settings):
    """A service that owns a schema in PostgreSQL."""

    database_url: SecretStr
    """``postgresql+psycopg://role:password@host:port/database`` of the role that owns the service's schema."""
    database_pool_size: int = Field(default=5, gt=0)
    """Connections kept open."""
    database_pool_overflow: int = Field(default=5, ge=0)
    """Connections opened beyond those under load, and closed after it."""
    database_pool_timeout_s: float = Field(default=2.0, gt=0)
    """Longest wait for a connection; shorter than a request's deadline, so that the caller gets an answer."""
    database_statement_timeout_s: float = Field(default=5.0, gt=0)
    """Longest run of one SQL statement."""
    database_lock_timeout_s: float = Field(default=2.0, gt=0)
    """Longest wait of a statement for a lock that somebody else holds; shorter than a request's deadline as well."""


class JobSettings(ServiceSettings):
    """A service that has a worker: a process apart from its server, on the same settings."""

    job_concurrency: int = Field(default=2, gt=0)
    """Jobs that one worker runs at a time."""
    job_heartbeat_s: float = Field(default=2.0, gt=0)
    """Time between two signs of life of a worker."""
    job_stalled_after_s: float = Field(default=6.0, gt=0)
    """Silence after which a worker counts as dead, and others take its jobs over."""
    job_poll_s: float = Field(default=1.0, gt=0)
    """Longest time until a job is found that became due, or whose news was lost."""


class TokenSettings(ServiceSettings):
    """A service that verifies its callers' access tokens."""

    auth_addr: str
    """host:port of the auth service, whose published keys sign the tokens."""
    issuer: str = "atelier"
    """``iss`` that a token must carry."""
    audience: str = "atelier"
    """``aud`` that a token must carry."""
