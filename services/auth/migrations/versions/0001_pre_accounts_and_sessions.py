"""0001_pre_accounts_and_sessions: the first tables, which no code uses yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make every table of the first release."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.LargeBinary, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("email_key", name="uq_accounts_email_key"),
        sa.CheckConstraint("role IN ('user', 'admin')", name="ck_accounts_role"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("revoked_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_sessions_account_id_accounts", ondelete="CASCADE"
        ),
        sa.CheckConstraint("kind IN ('tokens', 'browser')", name="ck_sessions_kind"),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_table(
        "session_secrets",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("spent_at", _TIME),
        sa.PrimaryKeyConstraint("digest", name="pk_session_secrets"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_session_secrets_session_id_sessions", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_session_secrets_session_id", "session_secrets", ["session_id"])
    op.create_index(
        "uq_session_secrets_live",
        "session_secrets",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("spent_at IS NULL"),
    )
    op.create_table(
        "failed_log_ins",
        sa.Column("email_key", sa.LargeBinary, nullable=False),
        sa.Column("times", ARRAY(_TIME), nullable=False),
        sa.Column("latest_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("email_key", name="pk_failed_log_ins"),
    )
    op.create_index("ix_failed_log_ins_latest_at", "failed_log_ins", ["latest_at"])
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.Text, nullable=False),
        sa.Column("private_jwk", JSONB, nullable=False),
        sa.Column("created_at", _TIME, nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("kid", name="pk_signing_keys"),
    )
