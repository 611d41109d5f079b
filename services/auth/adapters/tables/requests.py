"""Idempotency keys, and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa

from services.auth.adapters.tables.accounts import accounts
from services.auth.adapters.tables.base import TIME, metadata

kept_requests = sa.Table(
    "kept_requests",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.ForeignKey(accounts.c.id, ondelete="CASCADE"), index=True),
    sa.Column("run_id", sa.Uuid, nullable=False),
    sa.Column("attempt", sa.Uuid, nullable=False),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("lease_until", TIME, nullable=False),
    sa.Column("expires_at", TIME, nullable=False, index=True),
    sa.Column("answer", sa.LargeBinary),
)

# Triggers, which the migration makes, let nobody delete an entry, or change one but to forget a person.
audit_entries = sa.Table(
    "audit_entries",
    metadata,
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Uuid, nullable=False, unique=True),
    sa.Column("time", TIME, nullable=False, index=True),
    # No foreign key: a pseudonym is no account.
    sa.Column("account_id", sa.Uuid),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("agent", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("outcome", sa.SmallInteger, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("resource_id", sa.Text, nullable=False),
    sa.Column("who", sa.LargeBinary, nullable=False),
    sa.Column("who_salt", sa.LargeBinary),
    sa.Column("about", sa.LargeBinary, nullable=False),
    sa.Column("about_salt", sa.LargeBinary),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Index("ix_audit_entries_account_id_sequence", "account_id", "sequence"),
    sa.Index("ix_audit_entries_operation_sequence", "operation", "sequence"),
    # What is forgotten with an account.
    sa.Index(
        "ix_audit_entries_resource_id",
        "resource_id",
        postgresql_where=sa.text("resource_id LIKE 'account:%'"),
    ),
)
