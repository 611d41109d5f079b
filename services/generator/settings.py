"""Settings of the generator service."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from atelierkit.settings import DatabaseSettings, JobSettings, TokenSettings


class GeneratorSettings(TokenSettings, JobSettings, DatabaseSettings):
    """Where the generator listens, whom it calls and where its records lie."""

    model_config = SettingsConfigDict(env_prefix="ATELIER_GENERATOR_")

    port: int = Field(default=50053, ge=0, le=65535)
    """Port of the gRPC server; 0 takes a free one."""
    allowed_peers: frozenset[str] = frozenset({"gateway"})
    """Services that may call this one, by name; the certificate proves it. Without TLS anybody may."""
    catalog_addr: str
    """host:port of the catalog service."""
    mesher_addr: str
    """host:port of the mesher service."""
    inference: str = "local"
    """``local`` runs the network in this process; any other value is host:port of Triton's gRPC endpoint."""
    inference_tls: bool = False
    """Whether Triton is called over mutual TLS, with this service's certificate; its own names `inference`'s host."""
    infer_timeout_s: float = Field(default=2.0, gt=0)
    """Longest wait for Triton."""
    catalog_timeout_s: float = Field(default=2.0, gt=0)
    """Longest wait for the catalogue."""
    auth_timeout_s: float = Field(default=2.0, gt=0)
    """Longest wait for auth, about credits and people."""
    scan_timeout_s: float = Field(default=90.0, gt=0)
    """Longest wait for the mesher to reconstruct one scan, waiting for its turn there included."""
    tidy_interval_s: float = Field(default=21_600.0, gt=0)
    """Time between two looks of the worker for files that no record refers to; each lists the whole object store."""
    tidy_age_s: float = Field(default=86_400.0, gt=0)
    """Age from which such a file is deleted; longer than any request works."""
    job_watch_poll_s: float = Field(default=5.0, gt=0)
    """Time after which those who watch a job look unasked, should a notification be lost."""
    scratch_dir: Path | None = None
    """Folder in which the worker writes an archive before it is stored, about 1 MB an avatar; the system's by default."""
    reconcile_interval_s: float = Field(default=60.0, gt=0)
    """Time between two comparisons of what is held with what is under way, by the worker."""
    forget_interval_s: float = Field(default=60.0, gt=0)
    """Time between two looks of the worker for people whose accounts are gone."""
    shares_interval_s: float = Field(default=300.0, gt=0)
    """Time between two looks of the worker for links that have expired; they open nothing from the moment they do."""
    hold_age_s: float = Field(default=300.0, gt=0)
    """Age from which a hold without a job is given back; longer than any request works."""
    photo_threads: int = Field(default=1, ge=1, le=64)
    """Requests whose photos are read at once in this process. Each takes 320 MB at most, with photos of 4096 x 4096."""
    photo_wait_s: float = Field(default=10.0, gt=0)
    """Longest wait of a photo for its turn; beyond that the service is overloaded."""
    anonymous_face_hours: float = Field(default=24.0, gt=0)
    """Time after which a face is deleted that was made without a token."""
    kept_photos_days: float = Field(default=365.0, gt=0)
    """Time after which photos are deleted that a person asked to keep, even if the face stays."""
    upload_age_s: float = Field(default=3_600.0, gt=0)
    """Age from which an upload without a record is deleted; longer than any request works."""
    faces_interval_s: float = Field(default=60.0, gt=0)
    """Time between two rounds of the worker that delete expired faces, photos kept long enough, and uploads left behind,
    and that look for consents taken back."""
    face_timeout_s: float = Field(default=10.0, gt=0)
    """Longest wait for the mesher to paint a face."""
    picture_timeout_s: float = Field(default=20.0, gt=0)
    """Longest wait for the mesher to draw a picture, waiting for its turn there included."""
    video_timeout_s: float = Field(default=600.0, gt=0)
    """Longest wait for the mesher to draw a video, waiting for its turn there included."""
    mesher_timeout_s: float = Field(default=6.0, gt=0)
    """Longest wait for the mesher, whose work is by far the longest."""
