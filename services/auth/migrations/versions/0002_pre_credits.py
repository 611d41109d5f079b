"""0002_pre_credits: the ledger and its holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and the triggers that keep entries as they were written."""
    _wallets()
    _movements()
    _entries()
    _holds()
    _triggers()


def _wallets() -> None:
    op.create_table(
        "wallets",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("available", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.Column("movements", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wallets"),
        sa.UniqueConstraint("account_id", name="uq_wallets_account_id"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_wallets_account_id_accounts", ondelete="SET NULL"
        ),
        sa.CheckConstraint("available >= 0", name="ck_wallets_available"),
        sa.CheckConstraint("held >= 0", name="ck_wallets_held"),
    )


def _movements() -> None:
    op.create_table(
        "ledger_movements",
        sa.Column("wallet_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("job_id", sa.Uuid),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("available", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.Column("created_at", _TIME, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.PrimaryKeyConstraint("wallet_id", "number", name="pk_ledger_movements"),
        sa.UniqueConstraint("wallet_id", "key", name="uq_ledger_movements_wallet_id_key"),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name="fk_ledger_movements_wallet_id_wallets"),
        sa.CheckConstraint(
            "kind IN ('grant', 'reserve', 'capture', 'release')", name="ck_ledger_movements_kind"
        ),
        sa.CheckConstraint("available >= 0", name="ck_ledger_movements_available"),
        sa.CheckConstraint("held >= 0", name="ck_ledger_movements_held"),
    )


def _entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("wallet_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("book", sa.Text, nullable=False),
        sa.Column("credits", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("wallet_id", "number", "book", name="pk_ledger_entries"),
        sa.ForeignKeyConstraint(
            ["wallet_id", "number"],
            ["ledger_movements.wallet_id", "ledger_movements.number"],
            name="fk_ledger_entries_wallet_id_number_ledger_movements",
        ),
        sa.CheckConstraint(
            "book IN ('available', 'held', 'issued', 'revenue')", name="ck_ledger_entries_book"
        ),
        sa.CheckConstraint("credits <> 0", name="ck_ledger_entries_credits"),
    )


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("wallet_id", sa.Uuid, nullable=False),
        sa.Column("credits", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("captured", sa.BigInteger, nullable=False),
        sa.Column("reserved_at", _TIME, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.Column("settled_at", _TIME),
        sa.PrimaryKeyConstraint("job_id", name="pk_holds"),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name="fk_holds_wallet_id_wallets"),
        sa.CheckConstraint("credits > 0", name="ck_holds_credits"),
        sa.CheckConstraint("state IN ('open', 'captured', 'released')", name="ck_holds_state"),
        sa.CheckConstraint("captured BETWEEN 0 AND credits", name="ck_holds_captured"),
    )
    is_open = sa.text("state = 'open'")
    op.create_index("ix_holds_open_reserved_at", "holds", ["reserved_at", "job_id"], postgresql_where=is_open)
    op.create_index("ix_holds_open_wallet_id", "holds", ["wallet_id"], postgresql_where=is_open)


def _triggers() -> None:
    """Whatever the code does: nothing written is changed, and each movement gives as much as it takes."""
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in ("ledger_movements", "ledger_entries"):
        op.execute(
            f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
            """
        )
    # All entries of a movement are written by one statement, so that is when they have to add up.
    op.execute(
        """
        CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM added GROUP BY wallet_id, number HAVING sum(credits) <> 0) THEN
                RAISE EXCEPTION 'entries of a movement do not add up' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER balanced AFTER INSERT ON ledger_entries REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced()
        """
    )
