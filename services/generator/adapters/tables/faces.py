"""Faces, their photos, and the orders of jobs with photos."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.generator.adapters.tables.base import Base, FileRow


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
