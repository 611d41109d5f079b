"""Consents that were taken back, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.adapters.tables.consents import withdrawals
from services.auth.domain.consents import Purpose


class PostgresWithdrawals:
    """Table ``withdrawals``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, account_id: UUID, purpose: Purpose, now: datetime) -> None:
        entered = upsert(withdrawals).values(account_id=account_id, purpose=purpose.value, withdrawn_at=now)
        own = [withdrawals.c.account_id, withdrawals.c.purpose]
        await self._session.execute(
            entered.on_conflict_do_update(index_elements=own, set_={"withdrawn_at": now})
        )

    async def drop(self, account_id: UUID, purpose: Purpose) -> None:
        await self._session.execute(sa.delete(withdrawals).where(_one(account_id, purpose)))

    async def waiting(self, purpose: Purpose, limit: int) -> Sequence[UUID]:
        waiting = sa.select(withdrawals.c.account_id).where(withdrawals.c.purpose == purpose.value)
        earliest_first = waiting.order_by(withdrawals.c.withdrawn_at, withdrawals.c.account_id)
        return (await self._session.scalars(earliest_first.limit(limit))).all()

    async def confirm(self, account_id: UUID, purpose: Purpose, withdrawn_before: datetime) -> bool:
        one = _one(account_id, purpose)
        earlier = withdrawals.c.withdrawn_at < withdrawn_before
        await self._session.execute(sa.delete(withdrawals).where(one, earlier))
        return await self._session.scalar(sa.select(withdrawals.c.account_id).where(one)) is None


def _one(account_id: UUID, purpose: Purpose) -> sa.ColumnElement[bool]:
    return sa.and_(withdrawals.c.account_id == account_id, withdrawals.c.purpose == purpose.value)
