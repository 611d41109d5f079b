"""0012_pre_custom_backgrounds: people's own backgrounds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "custom_backgrounds",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "key",
            sa.Text(),
            sa.ForeignKey("files.key", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name="sides"),
    )
    op.create_index(
        "ix_custom_backgrounds_owner_created_at_id",
        "custom_backgrounds",
        ["owner", sa.text("created_at DESC"), sa.text("id DESC")],
    )
    op.create_index("ix_custom_backgrounds_key", "custom_backgrounds", ["key"])
