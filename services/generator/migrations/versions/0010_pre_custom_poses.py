"""0010_pre_custom_poses: people's own poses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "custom_poses",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("pose", sa.LargeBinary(), nullable=False),
        sa.Column("clamped_bones", ARRAY(sa.Text()), nullable=False),
        sa.Column("unknown_bones", ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("origin IN ('photo', 'motion')", name="origin"),
    )
    op.create_index(
        "ix_custom_poses_owner_created_at_id",
        "custom_poses",
        ["owner", sa.text("created_at DESC"), sa.text("id DESC")],
    )
