"""0008_pre_generations: generations, and the sittings that they share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"

_TIME = sa.DateTime(timezone=True)
_ROLES = "role IN ('photo', 'geometry', 'texture')"


def upgrade() -> None:
    _create_sittings()
    op.create_table(
        "generations",
        sa.Column("id", sa.Uuid(), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), sa.ForeignKey("sittings.id", ondelete="SET NULL"), nullable=True),
        sa.Column("sketch", JSONB(), nullable=False),
        sa.Column("clamped_bones", JSONB(), nullable=False),
        sa.Column("breakdowns", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("created_at", _TIME, nullable=False),
    )
    op.create_index(
        "ix_generations_owner_created_at_id",
        "generations",
        ["owner", sa.text("created_at DESC"), sa.text("id DESC")],
    )
    op.create_index("ix_generations_sitting_id", "generations", ["sitting_id"])


def _create_sittings() -> None:
    op.create_table(
        "sittings",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("portrait", JSONB(), nullable=True),
        sa.Column("photo_delete_at", _TIME, nullable=True),
    )
    op.create_index(
        "ix_sittings_photo_delete_at",
        "sittings",
        ["photo_delete_at"],
        postgresql_where=sa.text("photo_delete_at IS NOT NULL"),
    )
    op.create_table(
        "sitting_files",
        sa.Column(
            "sitting_id", sa.Uuid(), sa.ForeignKey("sittings.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("role", sa.Text(), primary_key=True),
        sa.Column(
            "key",
            sa.Text(),
            sa.ForeignKey("files.key", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        sa.CheckConstraint(_ROLES, name="role"),
    )
    op.create_index("ix_sitting_files_key", "sitting_files", ["key"])
