"""Letters on their way."""

from __future__ import annotations

import sqlalchemy as sa

from services.auth.adapters.tables.accounts import accounts
from services.auth.adapters.tables.base import TIME, metadata

letters = sa.Table(
    "letters",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    # None for a letter that outlives its account: the one that says that it is gone.
    sa.Column("account_id", sa.ForeignKey(accounts.c.id, ondelete="CASCADE"), index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    # Address and values, for links in them open accounts; nothing is left once the letter's way has ended.
    sa.Column("sealed_content", sa.LargeBinary),
    sa.Column("posted_at", TIME, nullable=False, server_default=sa.func.now()),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("ended_at", TIME, index=True),
    sa.Column("ending", sa.Text),
)
# The backlog is looked at every few seconds.
sa.Index("ix_letters_waiting", letters.c.posted_at, postgresql_where=letters.c.ended_at.is_(None))
