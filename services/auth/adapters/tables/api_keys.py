"""API keys: digests of their secrets, and what they may."""

from __future__ import annotations

import sqlalchemy as sa

from services.auth.adapters.tables.accounts import accounts
from services.auth.adapters.tables.base import TIME, metadata

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scopes", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("expires_at", TIME),
    sa.Column("used_at", TIME),
    sa.Column("revoked_at", TIME),
)
