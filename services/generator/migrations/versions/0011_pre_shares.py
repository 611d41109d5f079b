"""0011_pre_shares: links to pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_TIME = sa.DateTime(timezone=True)


def _of(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("avatar_id", sa.Uuid(), _of("avatars"), nullable=True),
        sa.Column("generation_id", sa.Uuid(), _of("generations"), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "key",
            sa.Text(),
            sa.ForeignKey("files.key", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.CheckConstraint("token_sha256 ~ '^[0-9a-f]{64}$'", name="token_sha256"),
        sa.CheckConstraint("num_nonnulls(avatar_id, generation_id) = 1", name="shown"),
    )
    op.create_index("ix_shares_token_sha256", "shares", ["token_sha256"], unique=True)
    op.create_index(
        "ix_shares_owner_created_at_id",
        "shares",
        ["owner", sa.text("created_at DESC"), sa.text("id DESC")],
    )
    for column in ("expires_at", "avatar_id", "generation_id", "key"):
        op.create_index(f"ix_shares_{column}", "shares", [column])
