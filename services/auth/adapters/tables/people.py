"""The links in people's letters, and the people who are gone but not yet everywhere."""

from __future__ import annotations

import sqlalchemy as sa

from services.auth.adapters.tables.accounts import accounts
from services.auth.adapters.tables.base import TIME, metadata

links = sa.Table(
    "links",
    metadata,
    sa.Column("account_id", sa.ForeignKey(accounts.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column(
        "purpose",
        sa.Text,
        sa.CheckConstraint("purpose IN ('verify_email', 'reset_password')", name="purpose"),
        primary_key=True,
    ),
    sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("expires_at", TIME, nullable=False),
)

# No foreign key: the account is gone already.
deletions = sa.Table(
    "deletions",
    metadata,
    sa.Column("account_id", sa.Uuid, primary_key=True, autoincrement=False),
    sa.Column("service", sa.Text, primary_key=True),
    sa.Column("deleted_at", TIME, nullable=False),
)
