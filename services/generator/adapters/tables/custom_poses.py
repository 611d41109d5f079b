"""People's own poses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.generator.adapters.tables.base import Base


class CustomPoseRow(Base):
    """A pose that somebody keeps."""

    __tablename__ = "custom_poses"
    __table_args__ = (
        CheckConstraint("origin IN ('photo', 'motion')", name="origin"),
        Index("ix_custom_poses_owner_created_at_id", "owner", text("created_at DESC"), text("id DESC")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str]
    name: Mapped[str]
    origin: Mapped[str]
    pose: Mapped[bytes] = mapped_column(LargeBinary)
    """The contract's ``Pose``."""
    clamped_bones: Mapped[list[str]] = mapped_column(ARRAY(Text))
    unknown_bones: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
