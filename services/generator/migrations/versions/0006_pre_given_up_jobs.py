"""0006_pre_given_up_jobs: ids of jobs that were never recorded, and whose credits went back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "given_up_jobs",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
