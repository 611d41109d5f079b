"""Credits: wallets, what moved them, and holds. Entries are never changed: the migration's triggers see to it."""

from __future__ import annotations

import sqlalchemy as sa

from services.auth.adapters.tables.accounts import accounts
from services.auth.adapters.tables.base import TIME, metadata

wallets = sa.Table(
    "wallets",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    # A deleted account leaves its wallet, and nothing that says whose it was.
    sa.Column("account_id", sa.ForeignKey(accounts.c.id, ondelete="SET NULL"), unique=True),
    sa.Column(
        "available", sa.BigInteger, sa.CheckConstraint("available >= 0", name="available"), nullable=False
    ),
    sa.Column("held", sa.BigInteger, sa.CheckConstraint("held >= 0", name="held"), nullable=False),
    sa.Column("movements", sa.BigInteger, nullable=False),
)

# Numbered within their wallet: the primary key is the statement's index, and a line that is missing leaves a gap.
ledger_movements = sa.Table(
    "ledger_movements",
    metadata,
    sa.Column("wallet_id", sa.ForeignKey(wallets.c.id), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column(
        "kind",
        sa.Text,
        sa.CheckConstraint("kind IN ('grant', 'reserve', 'capture', 'release')", name="kind"),
        nullable=False,
    ),
    sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("job_id", sa.Uuid),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column(
        "available", sa.BigInteger, sa.CheckConstraint("available >= 0", name="available"), nullable=False
    ),
    sa.Column("held", sa.BigInteger, sa.CheckConstraint("held >= 0", name="held"), nullable=False),
    sa.Column("created_at", TIME, nullable=False, server_default=sa.func.clock_timestamp()),
    sa.UniqueConstraint("wallet_id", "key"),
)

ledger_entries = sa.Table(
    "ledger_entries",
    metadata,
    sa.Column("wallet_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column(
        "book",
        sa.Text,
        sa.CheckConstraint("book IN ('available', 'held', 'issued', 'revenue')", name="book"),
        primary_key=True,
    ),
    sa.Column("credits", sa.BigInteger, sa.CheckConstraint("credits <> 0", name="credits"), nullable=False),
    sa.ForeignKeyConstraint(
        ["wallet_id", "number"], [ledger_movements.c.wallet_id, ledger_movements.c.number]
    ),
)

holds = sa.Table(
    "holds",
    metadata,
    sa.Column("job_id", sa.Uuid, primary_key=True),
    sa.Column("wallet_id", sa.ForeignKey(wallets.c.id), nullable=False),
    sa.Column("credits", sa.BigInteger, sa.CheckConstraint("credits > 0", name="credits"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column(
        "state",
        sa.Text,
        sa.CheckConstraint("state IN ('open', 'captured', 'released')", name="state"),
        nullable=False,
    ),
    sa.Column(
        "captured",
        sa.BigInteger,
        sa.CheckConstraint("captured BETWEEN 0 AND credits", name="captured"),
        nullable=False,
    ),
    sa.Column("reserved_at", TIME, nullable=False, server_default=sa.func.clock_timestamp()),
    sa.Column("settled_at", TIME),
)
# The reconciler asks for the oldest, the check for those of a wallet; holds that are settled are neither.
sa.Index(
    "ix_holds_open_reserved_at",
    holds.c.reserved_at,
    holds.c.job_id,
    postgresql_where=holds.c.state == "open",
)
sa.Index("ix_holds_open_wallet_id", holds.c.wallet_id, postgresql_where=holds.c.state == "open")
