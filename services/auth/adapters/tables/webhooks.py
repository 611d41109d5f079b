"""Webhooks, events, and the events' deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.auth.adapters.tables.accounts import accounts
from services.auth.adapters.tables.base import TIME, metadata

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("events", ARRAY(sa.Text), nullable=False),
    sa.Column("sealed_secret", sa.LargeBinary, nullable=False),
    sa.Column("sealed_old_secret", sa.LargeBinary),
    sa.Column("old_secret_until", TIME),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("disabled", sa.Text),
    sa.Column("disabled_at", TIME),
    sa.Column("paused_until", TIME),
    sa.Column("told_at", TIME),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("created_at", TIME, nullable=False, index=True),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("event_id", sa.ForeignKey(events.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("webhook_id", sa.ForeignKey(webhooks.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("next_at", TIME),
    sa.Column(
        "state",
        sa.Text,
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'exhausted', 'cancelled')", name="state"),
        nullable=False,
    ),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("attempted_at", TIME),
    sa.Column("status", sa.Integer),
    sa.Column("error", sa.Text, nullable=False),
    # Whatever the code does, an event goes to a webhook once.
    sa.UniqueConstraint("event_id", "webhook_id"),
)
sa.Index(
    "ix_deliveries_newest", deliveries.c.webhook_id, deliveries.c.created_at.desc(), deliveries.c.id.desc()
)
# The backlog is looked at every few seconds.
sa.Index("ix_deliveries_waiting", deliveries.c.next_at, postgresql_where=deliveries.c.next_at.is_not(None))
