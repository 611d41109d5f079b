"""Links to pictures."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.generator.adapters.tables.base import Base, FileRow


class ShareRow(Base):
    """A link, and the picture that it shows."""

    __tablename__ = "shares"
    __table_args__ = (
        CheckConstraint("token_sha256 ~ '^[0-9a-f]{64}$'", name="token_sha256"),
        CheckConstraint("num_nonnulls(avatar_id, generation_id) = 1", name="shown"),
        Index("ix_shares_token_sha256", "token_sha256", unique=True),
        Index("ix_shares_owner_created_at_id", "owner", text("created_at DESC"), text("id DESC")),
        Index("ix_shares_expires_at", "expires_at"),
        Index("ix_shares_avatar_id", "avatar_id"),
        Index("ix_shares_generation_id", "generation_id"),
        Index("ix_shares_key", "key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str]
    token_sha256: Mapped[str]
    avatar_id: Mapped[UUID | None] = mapped_column(ForeignKey("avatars.id", ondelete="CASCADE"))
    generation_id: Mapped[UUID | None] = mapped_column(ForeignKey("generations.id", ondelete="CASCADE"))
    title: Mapped[str]
    key: Mapped[str] = mapped_column(ForeignKey("files.key", deferrable=True, initially="DEFERRED"))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    file: Mapped[FileRow] = relationship(lazy="raise", viewonly=True)
