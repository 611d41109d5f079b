"""0005_pre_row_breakdowns: how often the mesher broke down over a row of a batch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column(
        "batch_items", sa.Column("breakdowns", sa.SmallInteger(), nullable=False, server_default="0")
    )
