"""What a body can do. Positions order what people see."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.adapters.tables.base import Base


class PoseCategoryRow(Base):
    """A kind of pose."""

    __tablename__ = "pose_categories"
    __table_args__ = (CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{0,63}$'", name="id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)
    name_en: Mapped[str]
    name_fr: Mapped[str]


class PoseRow(Base):
    """A pose with its joints."""

    __tablename__ = "poses"
    __table_args__ = (
        CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{0,63}$'", name="id"),
        CheckConstraint("difficulty IN ('easy', 'medium', 'hard')", name="difficulty"),
        CheckConstraint("support IN ('feet', 'seat', 'floor')", name="support"),
        CheckConstraint(
            "cardinality(suits) > 0 AND suits <@ '{feminine,masculine,neutral}'::text[]", name="suits"
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)
    category: Mapped[str] = mapped_column(ForeignKey("pose_categories.id"))
    name_en: Mapped[str]
    name_fr: Mapped[str]
    description_en: Mapped[str]
    description_fr: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    difficulty: Mapped[str]
    suits: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    support: Mapped[str]
    words: Mapped[str]
    """What searches look in: names, descriptions and the tags, folded."""
    turns: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Bone -> x, y, z, w."""
