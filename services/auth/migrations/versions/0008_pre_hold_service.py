"""0008_pre_hold_service: a hold names the service whose job it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the column. The generator alone has held credits so far, and the code of before names nobody."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("holds", sa.Column("service", sa.Text, nullable=False, server_default="generator"))
