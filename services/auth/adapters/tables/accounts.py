"""Accounts, their sessions, and what signs their tokens."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.auth.adapters.tables.base import TIME, metadata

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("email_key", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("role", sa.Text, sa.CheckConstraint("role IN ('user', 'admin')", name="role"), nullable=False),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column(
        "language",
        sa.Text,
        sa.CheckConstraint("language IN ('en', 'fr')", name="language"),
        nullable=False,
        server_default="en",
    ),
    sa.Column("sealed_display_name", sa.LargeBinary),
    sa.Column("job_letters", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column(
        "tier",
        sa.Text,
        sa.CheckConstraint("tier IN ('free', 'pro', 'unlimited')", name="tier"),
        nullable=False,
        server_default="free",
    ),
    sa.Column("email_verified_at", TIME),
    sa.Column("password_set_at", TIME),
    sa.Column("disabled_at", TIME),
)
# Lists of accounts run from the newest to the oldest.
sa.Index("ix_accounts_created_at_id", accounts.c.created_at.desc(), accounts.c.id.desc())

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column(
        "kind", sa.Text, sa.CheckConstraint("kind IN ('tokens', 'browser')", name="kind"), nullable=False
    ),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("used_at", TIME, nullable=False),
    sa.Column("expires_at", TIME, nullable=False),
    sa.Column("revoked_at", TIME),
    sa.Column("device", sa.Text, nullable=False, server_default=""),
)

session_secrets = sa.Table(
    "session_secrets",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("session_id", sa.ForeignKey(sessions.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("spent_at", TIME),
)
# Whatever the code does, a session never has two live secrets.
sa.Index(
    "uq_session_secrets_live",
    session_secrets.c.session_id,
    unique=True,
    postgresql_where=session_secrets.c.spent_at.is_(None),
)

failed_log_ins = sa.Table(
    "failed_log_ins",
    metadata,
    sa.Column("email_key", sa.LargeBinary, primary_key=True),
    sa.Column("times", ARRAY(TIME), nullable=False),
    sa.Column("latest_at", TIME, nullable=False, index=True),
)

signing_keys = sa.Table(
    "signing_keys",
    metadata,
    sa.Column("kid", sa.Text, primary_key=True),
    sa.Column("sealed_jwk", sa.LargeBinary, nullable=False),
    sa.Column("created_at", TIME, nullable=False, server_default=sa.func.now()),
)
