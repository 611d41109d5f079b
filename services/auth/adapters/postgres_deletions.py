"""Whom the other services have to forget, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.adapters.tables.people import deletions
from services.auth.domain.deletions import KEEPERS


class PostgresDeletions:
    """Table ``deletions``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, account_id: UUID, now: datetime) -> None:
        rows = [{"account_id": account_id, "service": service, "deleted_at": now} for service in KEEPERS]
        await self._session.execute(sa.insert(deletions), rows)

    async def waiting(self, service: str, limit: int) -> Sequence[UUID]:
        own = sa.select(deletions.c.account_id).where(deletions.c.service == service)
        earliest_first = own.order_by(deletions.c.deleted_at, deletions.c.account_id)
        return (await self._session.scalars(earliest_first.limit(limit))).all()

    async def confirm(self, account_id: UUID, service: str, deleted_before: datetime) -> bool:
        own = sa.and_(deletions.c.account_id == account_id, deletions.c.service == service)
        await self._session.execute(sa.delete(deletions).where(own, deletions.c.deleted_at < deleted_before))
        return await self._session.scalar(sa.select(deletions.c.account_id).where(own)) is None
