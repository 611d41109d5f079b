"""Tables of what was drawn of avatars, and of what is to be drawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.generator.adapters.tables.base import Base, FileRow


class DrawingRow(Base):
    """A picture or video in the album of an avatar."""

    __tablename__ = "drawings"
    __table_args__ = (
        CheckConstraint("content ~ '^[0-9a-f]{64}$'", name="content"),
        CheckConstraint("medium IN ('picture', 'video')", name="medium"),
        Index("ix_drawings_key", "key"),
    )

    avatar_id: Mapped[UUID] = mapped_column(ForeignKey("avatars.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of all that it follows from."""
    medium: Mapped[str]
    key: Mapped[str] = mapped_column(ForeignKey("files.key", deferrable=True, initially="DEFERRED"))
    clamped_bones: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    drawn_at: Mapped[datetime]

    file: Mapped[FileRow] = relationship(lazy="raise", viewonly=True)


class VideoOrderRow(Base):
    """What a job of a video was asked for: the document of ``documents_albums.py``."""

    __tablename__ = "video_orders"
    __table_args__ = (
        CheckConstraint("content ~ '^[0-9a-f]{64}$'", name="content"),
        Index("ix_video_orders_avatar_id", "avatar_id"),
    )

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    # Not a reference: an order outlives its avatar, as its job does.
    avatar_id: Mapped[UUID]
    content: Mapped[str]
    asked: Mapped[dict[str, Any]]
    breakdowns: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Times that the mesher broke down over it."""
