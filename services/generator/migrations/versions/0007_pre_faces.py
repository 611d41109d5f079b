"""0007_pre_faces: faces, how long their photos are kept, and what jobs with photos were asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_faces()
    _create_links("face_files", "face_id", "faces.id", "role", _ROLES)
    op.create_table(
        "photo_retention",
        sa.Column("face_id", sa.Uuid(), sa.ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("delete_at", _TIME, nullable=False),
    )
    op.create_index("ix_photo_retention_delete_at", "photo_retention", ["delete_at"])
    op.create_table(
        "photo_orders",
        sa.Column("job_id", sa.Uuid(), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("breakdowns", sa.SmallInteger(), nullable=False, server_default="0"),
    )
    _create_links("photo_order_files", "job_id", "photo_orders.job_id", "slot", _SLOTS)


_ROLES = "role IN ('file', 'texture', 'geometry', 'photo.front', 'photo.left', 'photo.right')"
_SLOTS = "slot IN ('front', 'left', 'right')"


def _create_faces() -> None:
    op.create_table(
        "faces",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("features", JSONB(), nullable=False),
        sa.Column("vertex_count", sa.Integer(), nullable=False),
        sa.Column("face_count", sa.Integer(), nullable=False),
        sa.Column("scale_source", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("generation_ms", sa.Integer(), nullable=False),
        sa.Column("inference_ms", sa.Integer(), nullable=False),
        sa.Column("consent_version", sa.Text(), nullable=False),
        sa.Column("download_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=True),
        sa.CheckConstraint("(owner IS NULL) = (expires_at IS NOT NULL)", name="expires_at"),
        sa.CheckConstraint("download_count >= 0", name="download_count"),
    )
    op.create_index(
        "ix_faces_owner_created_at_id", "faces", ["owner", sa.text("created_at DESC"), sa.text("id DESC")]
    )
    op.create_index(
        "ix_faces_expires_at", "faces", ["expires_at"], postgresql_where=sa.text("expires_at IS NOT NULL")
    )


def _create_links(table: str, record: str, of: str, place: str, places: str) -> None:
    """A table of the files of records: one row for each, by its place."""
    op.create_table(
        table,
        sa.Column(record, sa.Uuid(), sa.ForeignKey(of, ondelete="CASCADE"), primary_key=True),
        sa.Column(place, sa.Text(), primary_key=True),
        sa.Column(
            "key",
            sa.Text(),
            sa.ForeignKey("files.key", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        sa.CheckConstraint(places, name=place),
    )
    op.create_index(f"ix_{table}_key", table, ["key"])
