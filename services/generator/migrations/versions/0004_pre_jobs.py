"""0004_pre_jobs: jobs, the rows of batches, and the rail that workers take them from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from atelierkit.jobs import schema

revision = "0004"
down_revision = "0003"

_NEWEST_FIRST = (sa.text("created_at DESC"), sa.text("id DESC"))


def upgrade() -> None:
    schema.install(op)
    _create_jobs()
    op.create_table(
        "job_files",
        sa.Column("job_id", sa.Uuid(), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column(
            "key",
            sa.Text(),
            sa.ForeignKey("files.key", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
    )
    op.create_index("ix_job_files_key", "job_files", ["key"])
    op.create_table(
        "batch_items",
        sa.Column("job_id", sa.Uuid(), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure", JSONB(none_as_null=True), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'made', 'failed')", name="state"),
    )


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure", JSONB(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("revision > 0", name="revision"),
        sa.CheckConstraint(
            "total > 0 AND made >= 0 AND failed >= 0 AND made + failed <= total", name="count"
        ),
        sa.CheckConstraint("price >= 0", name="price"),
        sa.CheckConstraint(
            "state IN ('pending', 'processing', 'completed', 'failed', 'cancelled') "
            "AND (ended_at IS NOT NULL) = (state NOT IN ('pending', 'processing'))",
            name="state",
        ),
    )
    op.create_index("ix_jobs_owner_created_at_id", "jobs", ["owner", *_NEWEST_FIRST])
    op.create_index("ix_jobs_created_at_id", "jobs", [*_NEWEST_FIRST])
    op.create_index("ix_jobs_state_created_at_id", "jobs", ["state", *_NEWEST_FIRST])
    op.create_index("ix_jobs_owner_state_created_at_id", "jobs", ["owner", "state", *_NEWEST_FIRST])
    op.create_index(
        "ix_jobs_pending",
        "jobs",
        ["lane", "created_at", "id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
