"""0004_pre_rail: the rail for jobs."""

from __future__ import annotations

from alembic import op

from atelierkit.jobs import schema

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    schema.install(op)
