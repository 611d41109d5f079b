"""0009_pre_albums: what was drawn of avatars, what jobs of videos were asked for, and how far a job is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0009"
down_revision = "0008"

_CONTENT = "content ~ '^[0-9a-f]{64}$'"


def upgrade() -> None:
    op.create_table(
        "drawings",
        sa.Column("avatar_id", sa.Uuid(), sa.ForeignKey("avatars.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("content", sa.Text(), primary_key=True),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column(
            "key",
            sa.Text(),
            sa.ForeignKey("files.key", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        sa.Column("clamped_bones", ARRAY(sa.Text()), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_CONTENT, name="content"),
        sa.CheckConstraint("medium IN ('picture', 'video')", name="medium"),
    )
    op.create_index("ix_drawings_key", "drawings", ["key"])
    op.create_table(
        "video_orders",
        sa.Column("job_id", sa.Uuid(), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("avatar_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("breakdowns", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.CheckConstraint(_CONTENT, name="content"),
    )
    op.create_index("ix_video_orders_avatar_id", "video_orders", ["avatar_id"])
    op.add_column("jobs", sa.Column("progress", sa.SmallInteger(), nullable=False, server_default="0"))
