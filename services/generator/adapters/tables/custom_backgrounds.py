"""People's own backgrounds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.generator.adapters.tables.base import Base, FileRow


class CustomBackgroundRow(Base):
    """A picture that somebody keeps to stand behind."""

    __tablename__ = "custom_backgrounds"
    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", name="sides"),
        Index("ix_custom_backgrounds_owner_created_at_id", "owner", text("created_at DESC"), text("id DESC")),
        Index("ix_custom_backgrounds_key", "key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str]
    name: Mapped[str]
    key: Mapped[str] = mapped_column(ForeignKey("files.key", deferrable=True, initially="DEFERRED"))
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]

    file: Mapped[FileRow] = relationship(lazy="raise", viewonly=True)
