"""0006_pre_letters_and_webhooks: letters, webhooks and their deliveries, which no code uses yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0006"
down_revision = "0005"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and a column whose default fits the code of before."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("accounts", sa.Column("job_letters", sa.Boolean, nullable=False, server_default=sa.true()))
    _letters()
    _webhooks()
    _events()
    _deliveries()


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("sealed_content", sa.LargeBinary),
        sa.Column("posted_at", _TIME, nullable=False, server_default=sa.func.now()),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("ended_at", _TIME),
        sa.Column("ending", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_letters_account_id_accounts", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_letters_account_id", "letters", ["account_id"])
    op.create_index("ix_letters_ended_at", "letters", ["ended_at"])
    op.create_index(
        "ix_letters_waiting", "letters", ["posted_at"], postgresql_where=sa.text("ended_at IS NULL")
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("events", ARRAY(sa.Text), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary, nullable=False),
        sa.Column("sealed_old_secret", sa.LargeBinary),
        sa.Column("old_secret_until", _TIME),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("disabled", sa.Text),
        sa.Column("disabled_at", _TIME),
        sa.Column("paused_until", _TIME),
        sa.Column("told_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_webhooks_account_id_accounts", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_webhooks_account_id", "webhooks", ["account_id"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_events_account_id_accounts", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_events_account_id", "events", ["account_id"])
    op.create_index("ix_events_created_at", "events", ["created_at"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("webhook_id", sa.Uuid, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("next_at", _TIME),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("attempted_at", _TIME),
        sa.Column("status", sa.Integer),
        sa.Column("error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("event_id", "webhook_id", name="uq_deliveries_event_id_webhook_id"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name="fk_deliveries_event_id_events", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name="fk_deliveries_webhook_id_webhooks", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'exhausted', 'cancelled')", name="ck_deliveries_state"
        ),
    )
    op.create_index(
        "ix_deliveries_newest", "deliveries", ["webhook_id", sa.text("created_at DESC"), sa.text("id DESC")]
    )
    op.create_index(
        "ix_deliveries_waiting", "deliveries", ["next_at"], postgresql_where=sa.text("next_at IS NOT NULL")
    )
