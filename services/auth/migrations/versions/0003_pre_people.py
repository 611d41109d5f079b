"""0003_pre_people: what accounts know of people, and the links in their letters.

Accounts from before had no way to verify their address; they count as verified, and have had their credits or none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add columns whose defaults fit the code of before, and two tables that it does not know."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("accounts", sa.Column("language", sa.Text, nullable=False, server_default="en"))
    op.add_column("accounts", sa.Column("sealed_display_name", sa.LargeBinary))
    op.add_column("accounts", sa.Column("tier", sa.Text, nullable=False, server_default="free"))
    op.add_column("accounts", sa.Column("email_verified_at", _TIME))
    op.add_column("accounts", sa.Column("password_set_at", _TIME))
    op.add_column("accounts", sa.Column("disabled_at", _TIME))
    op.create_check_constraint("ck_accounts_language", "accounts", "language IN ('en', 'fr')")
    op.create_check_constraint("ck_accounts_tier", "accounts", "tier IN ('free', 'pro', 'unlimited')")
    op.execute("UPDATE accounts SET email_verified_at = created_at")
    op.create_index("ix_accounts_created_at_id", "accounts", [sa.text("created_at DESC"), sa.text("id DESC")])
    op.add_column("sessions", sa.Column("device", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "links",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "purpose", name="pk_links"),
        sa.UniqueConstraint("digest", name="uq_links_digest"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_links_account_id_accounts", ondelete="CASCADE"
        ),
        sa.CheckConstraint("purpose IN ('verify_email', 'reset_password')", name="ck_links_purpose"),
    )
    op.create_table(
        "deletions",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("deleted_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "service", name="pk_deletions"),
    )
