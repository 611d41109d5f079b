"""0003_pre_scans: scans, and the files they refer to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "scans",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("report", JSONB(), nullable=False),
        sa.Column("registration", JSONB(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_scans_owner", "scans", ["owner"])
    op.create_table(
        "scan_files",
        sa.Column("scan_id", sa.Uuid(), sa.ForeignKey("scans.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("role", sa.Text(), primary_key=True),
        sa.Column(
            "key",
            sa.Text(),
            sa.ForeignKey("files.key", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        sa.CheckConstraint("role IN ('mesh', 'body')", name="role"),
    )
    op.create_index("ix_scan_files_key", "scan_files", ["key"])
