"""0009_pre_withdrawals: whose consent was taken back, until what it had allowed is deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add a table that the code of before does not know."""
    op.create_table(
        "withdrawals",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "purpose", name="pk_withdrawals"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_withdrawals_account_id_accounts", ondelete="CASCADE"
        ),
        sa.CheckConstraint("purpose = 'face_photos'", name="ck_withdrawals_purpose"),
    )
