"""Long statements, written by the database itself: as many grants of one credit."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql

_LINES = sa.text(
    """
    WITH wallet AS (
        INSERT INTO wallets SELECT gen_random_uuid(), :account, :lines, 0, :lines RETURNING id
    ), movements AS (
        INSERT INTO ledger_movements (wallet_id, number, kind, key, reason, available, held)
        SELECT id, n, 'grant', sha256(n::text::bytea), 'a grant', n, 0 FROM wallet, generate_series(1, :lines) n
        RETURNING wallet_id, number
    )
    INSERT INTO ledger_entries SELECT wallet_id, number, book, credits
    FROM movements, (VALUES ('available', 1), ('issued', -1)) AS entry (book, credits)
    """
)


async def write_statement(engine: AsyncEngine, account_id: UUID, lines: int) -> None:
    """Give an account that has no wallet a statement of that length."""
    async with sql.UnitOfWork(engine) as unit:
        await unit.session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        await unit.session.execute(_LINES, {"account": account_id, "lines": lines})
