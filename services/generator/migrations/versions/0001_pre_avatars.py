"""0001_pre_avatars: avatars, the files they refer to, and which of those nobody needs any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_files()
    _create_avatars()
    op.create_table(
        "avatar_files",
        sa.Column("avatar_id", sa.Uuid(), sa.ForeignKey("avatars.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("role", sa.Text(), primary_key=True),
        sa.Column(
            "key",
            sa.Text(),
            sa.ForeignKey("files.key", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        sa.CheckConstraint("role IN ('points', 'dressed', 'body')", name="role"),
    )
    op.create_index("ix_avatar_files_key", "avatar_files", ["key"])


def _create_files() -> None:
    op.create_table(
        "files",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        sa.CheckConstraint("size > 0", name="size"),
    )
    op.create_index("ix_files_dropped", "files", ["key"], postgresql_where=sa.text("dropped"))


def _create_avatars() -> None:
    op.create_table(
        "avatars",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recipe", JSONB(), nullable=False),
        sa.Column("receipt", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("revision > 0", name="revision"),
    )
    op.create_index(
        "ix_avatars_owner_created_at_id", "avatars", ["owner", sa.text("created_at DESC"), sa.text("id DESC")]
    )
