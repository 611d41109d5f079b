"""The service's tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from atelierkit import sql


class Base(DeclarativeBase):
    """Base of the service's rows."""

    metadata = sql.metadata()
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
    }


metadata = Base.metadata


class FileRow(Base):
    """An object in the object store that avatars, scans, faces or jobs refer to."""

    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size > 0", name="size"),
        Index("ix_files_dropped", "key", postgresql_where=text("dropped")),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    dropped: Mapped[bool]
    """Somebody needs it no more; the next sweep finds out whether nobody does."""


class ScanRow(Base):
    """A scan; report and registration are the documents of ``documents.py``."""

    __tablename__ = "scans"
    __table_args__ = (Index("ix_scans_owner", "owner"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str]
    report: Mapped[dict[str, Any]]
    registration: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Absent where no body was asked for."""
    created_at: Mapped[datetime]

    files: Mapped[list[ScanFileRow]] = relationship(lazy="raise", viewonly=True)


class ScanFileRow(Base):
    """One file of one scan."""

    __tablename__ = "scan_files"
    __table_args__ = (
        CheckConstraint("role IN ('mesh', 'body')", name="role"),
        Index("ix_scan_files_key", "key"),
    )

    scan_id: Mapped[UUID] = mapped_column(ForeignKey("scans.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(ForeignKey("files.key", deferrable=True, initially="DEFERRED"))

    file: Mapped[FileRow] = relationship(lazy="raise", viewonly=True)


class AvatarRow(Base):
    """An avatar; recipe and receipt are the documents of ``documents.py``."""

    __tablename__ = "avatars"
    __table_args__ = (
        CheckConstraint("revision > 0", name="revision"),
        Index("ix_avatars_owner_created_at_id", "owner", text("created_at DESC"), text("id DESC")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str]
    revision: Mapped[int]
    recipe: Mapped[dict[str, Any]]
    receipt: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    files: Mapped[list[AvatarFileRow]] = relationship(
        lazy="raise", viewonly=True, order_by="AvatarFileRow.place"
    )


class AvatarFileRow(Base):
    """One file of one avatar."""

    __tablename__ = "avatar_files"
    __table_args__ = (
        CheckConstraint("role ~ '^[a-z0-9.]{1,100}$'", name="role"),
        Index("ix_avatar_files_key", "key"),
    )

    avatar_id: Mapped[UUID] = mapped_column(ForeignKey("avatars.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    """`points`, or the key of the file's options."""
    # Checked at the commit: avatars are locked before files everywhere, so that no two units of work wait
    # for each other, and a new avatar's files are entered after it.
    key: Mapped[str] = mapped_column(ForeignKey("files.key", deferrable=True, initially="DEFERRED"))
    place: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Grows from the oldest file to the newest."""

    file: Mapped[FileRow] = relationship(lazy="raise", viewonly=True)


class FaceRow(Base):
    """A face; features are the document of ``documents_faces.py``."""

    __tablename__ = "faces"
    __table_args__ = (
        CheckConstraint("(owner IS NULL) = (expires_at IS NOT NULL)", name="expires_at"),
        CheckConstraint("download_count >= 0", name="download_count"),
        Index("ix_faces_owner_created_at_id", "owner", text("created_at DESC"), text("id DESC")),
        Index("ix_faces_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str | None]
    """NULL for one that nobody made: its id alone opens it."""
    features: Mapped[dict[str, Any]]
    vertex_count: Mapped[int]
    face_count: Mapped[int]
    scale_source: Mapped[str]
    model_version: Mapped[str]
    generation_ms: Mapped[int]
    inference_ms: Mapped[int]
    consent_version: Mapped[str]
    download_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]

    files: Mapped[list[FaceFileRow]] = relationship(lazy="raise", viewonly=True)
    retention: Mapped[PhotoRetentionRow | None] = relationship(lazy="raise", viewonly=True)


class FaceFileRow(Base):
    """One file of one face."""

    __tablename__ = "face_files"
    __table_args__ = (
        CheckConstraint(
            "role IN ('file', 'texture', 'geometry', 'photo.front', 'photo.left', 'photo.right')", name="role"
        ),
        Index("ix_face_files_key", "key"),
    )

    face_id: Mapped[UUID] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(ForeignKey("files.key", deferrable=True, initially="DEFERRED"))

    file: Mapped[FileRow] = relationship(lazy="raise", viewonly=True)


class PhotoRetentionRow(Base):
    """How long the photos of a face are kept, and what allows it; there while they are."""

    __tablename__ = "photo_retention"
    __table_args__ = (Index("ix_photo_retention_delete_at", "delete_at"),)

    face_id: Mapped[UUID] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True)
    policy_version: Mapped[str]
    delete_at: Mapped[datetime]


class JobRow(Base):
    """A job; the rail's own tables know who works on it."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("revision > 0", name="revision"),
        CheckConstraint("total > 0 AND made >= 0 AND failed >= 0 AND made + failed <= total", name="count"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint(
            "state IN ('pending', 'processing', 'completed', 'failed', 'cancelled') "
            "AND (ended_at IS NOT NULL) = (state NOT IN ('pending', 'processing'))",
            name="state",
        ),
        # A page of a list reads as many rows as it shows, whoever asks, and however many jobs there are.
        Index("ix_jobs_owner_created_at_id", "owner", text("created_at DESC"), text("id DESC")),
        Index("ix_jobs_created_at_id", text("created_at DESC"), text("id DESC")),
        Index("ix_jobs_state_created_at_id", "state", text("created_at DESC"), text("id DESC")),
        Index(
            "ix_jobs_owner_state_created_at_id",
            "owner",
            "state",
            text("created_at DESC"),
            text("id DESC"),
        ),
        Index("ix_jobs_pending", "lane", "created_at", "id", postgresql_where=text("state = 'pending'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str]
    kind: Mapped[str]
    lane: Mapped[str]
    price: Mapped[int]
    """Credits for each thing that is made."""
    total: Mapped[int]
    made: Mapped[int]
    failed: Mapped[int]
    state: Mapped[str]
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    revision: Mapped[int]

    files: Mapped[list[JobFileRow]] = relationship(lazy="raise", viewonly=True, order_by="JobFileRow.name")


class GivenUpJobRow(Base):
    """The id of a job that was never recorded, and never will be: its credits went back."""

    __tablename__ = "given_up_jobs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    given_up_at: Mapped[datetime] = mapped_column(server_default=func.now())


class JobFileRow(Base):
    """One result of one job."""

    __tablename__ = "job_files"
    __table_args__ = (Index("ix_job_files_key", "key"),)

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(ForeignKey("files.key", deferrable=True, initially="DEFERRED"))

    file: Mapped[FileRow] = relationship(lazy="raise", viewonly=True)


class BatchItemRow(Base):
    """One row of a batch; what was asked for is the document of ``documents_batch.py``."""

    __tablename__ = "batch_items"
    __table_args__ = (CheckConstraint("state IN ('pending', 'made', 'failed')", name="state"),)

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """From 0."""
    asked: Mapped[dict[str, Any]]
    state: Mapped[str]
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    breakdowns: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Times that the mesher broke down over it."""


class PhotoOrderRow(Base):
    """What a job with photos was asked for, until it ends: the document of ``documents_faces.py``."""

    __tablename__ = "photo_orders"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    asked: Mapped[dict[str, Any]]
    breakdowns: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Times that the mesher broke down over it."""


class PhotoOrderFileRow(Base):
    """One upload of one order."""

    __tablename__ = "photo_order_files"
    __table_args__ = (
        CheckConstraint("slot IN ('front', 'left', 'right')", name="slot"),
        Index("ix_photo_order_files_key", "key"),
    )

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("photo_orders.job_id", ondelete="CASCADE"), primary_key=True
    )
    slot: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(ForeignKey("files.key", deferrable=True, initially="DEFERRED"))
