"""0003_pre_poses: where poses are, and their categories, from ``data/0003_poses.json``."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.catalog.adapters.pose_file import read

revision = "0003"
down_revision = "0002"

_DATA = Path(__file__).parents[1] / "data" / "0003_poses.json"
_ID = "id ~ '^[a-z0-9][a-z0-9-]{0,63}$'"


def upgrade() -> None:
    library = read(_DATA)
    categories = op.create_table(
        "pose_categories",
        sa.Column("id", sa.Text(), sa.CheckConstraint(_ID, name="id"), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False, unique=True),
        *_name(),
    )
    op.create_table(
        "poses",
        sa.Column("id", sa.Text(), sa.CheckConstraint(_ID, name="id"), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False, unique=True),
        sa.Column("category", sa.Text(), sa.ForeignKey("pose_categories.id"), nullable=False),
        *_name(),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("difficulty", sa.Text(), nullable=False),
        sa.Column("suits", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("support", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("turns", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("difficulty IN ('easy', 'medium', 'hard')", name="difficulty"),
        sa.CheckConstraint("support IN ('feet', 'seat', 'floor')", name="support"),
        sa.CheckConstraint(
            "cardinality(suits) > 0 AND suits <@ '{feminine,masculine,neutral}'::text[]", name="suits"
        ),
    )
    op.bulk_insert(
        categories,
        [
            {"id": each.id, "position": position, "name_en": each.name.en, "name_fr": each.name.fr}
            for position, each in enumerate(library.categories)
        ],
    )


def _name() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("name_en", sa.Text(), nullable=False), sa.Column("name_fr", sa.Text(), nullable=False)
