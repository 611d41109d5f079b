"""Avatars and scans."""

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
