"""The links of letters in PostgreSQL."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.adapters.tables.people import links
from services.auth.domain.links import Link, Purpose


class PostgresLinks:
    """Table ``links``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, link: Link) -> None:
        row = asdict(link)
        await self._session.execute(
            insert(links)
            .values(row)
            .on_conflict_do_update(index_elements=[links.c.account_id, links.c.purpose], set_=row)
        )

    async def newest(self, account_id: UUID, purpose: Purpose) -> Link | None:
        statement = sa.select(links).where(links.c.account_id == account_id, links.c.purpose == purpose)
        row = (await self._session.execute(statement)).mappings().one_or_none()
        return None if row is None else Link(**(dict(row) | {"purpose": Purpose(row["purpose"])}))

    async def take(self, digest: bytes, purpose: Purpose, now: datetime) -> UUID | None:
        # Of two who show the same link at once, the second waits for the first's deletion and finds nothing.
        return await self._session.scalar(
            sa.delete(links)
            .where(links.c.digest == digest, links.c.purpose == purpose, links.c.expires_at > now)
            .returning(links.c.account_id)
        )
