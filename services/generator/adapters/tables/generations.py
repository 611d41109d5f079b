"""Generations, and the sittings that they share."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.generator.adapters.tables.base import Base, FileRow


class SittingRow(Base):
    """A photo and who is on it; what was asked for and the portrait are documents of ``documents_generations.py``."""

    __tablename__ = "sittings"
    __table_args__ = (
        Index(
            "ix_sittings_photo_delete_at",
            "photo_delete_at",
            postgresql_where=text("photo_delete_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    asked: Mapped[dict[str, Any]]
    portrait: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Absent before it is made, and after the work."""
    photo_delete_at: Mapped[datetime | None]
    """When a photo goes that the person keeps; NULL for one that goes with the work."""

    files: Mapped[list[SittingFileRow]] = relationship(lazy="raise", viewonly=True)


class SittingFileRow(Base):
    """One file of one sitting."""

    __tablename__ = "sitting_files"
    __table_args__ = (
        CheckConstraint("role IN ('photo', 'geometry', 'texture')", name="role"),
        Index("ix_sitting_files_key", "key"),
    )

    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sittings.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(ForeignKey("files.key", deferrable=True, initially="DEFERRED"))

    file: Mapped[FileRow] = relationship(lazy="raise", viewonly=True)


class GenerationRow(Base):
    """A picture in a pose; its job has the same id, and the picture among its results."""

    __tablename__ = "generations"
    __table_args__ = (
        Index("ix_generations_owner_created_at_id", "owner", text("created_at DESC"), text("id DESC")),
        Index("ix_generations_sitting_id", "sitting_id"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    owner: Mapped[str]
    sitting_id: Mapped[UUID | None] = mapped_column(ForeignKey("sittings.id", ondelete="SET NULL"))
    """NULL once nothing is left of it."""
    sketch: Mapped[dict[str, Any]]
    clamped_bones: Mapped[list[str]] = mapped_column(JSONB())
    breakdowns: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Times that the mesher broke down over it."""
    created_at: Mapped[datetime]
