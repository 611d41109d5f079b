"""Idempotency keys in PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from atelierkit.errors import Unauthenticated
from services.auth.adapters.tables.requests import kept_requests
from services.auth.domain.requests import KeptRequest

_FORGOTTEN_AT_ONCE = 100
"""Expired keys that one request sweeps out."""


class PostgresKeptRequests:
    """Table ``kept_requests``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, id: str) -> KeptRequest | None:
        found = sa.select(kept_requests).where(kept_requests.c.id == id).with_for_update()
        row = (await self._session.execute(found)).mappings().one_or_none()
        return None if row is None else _kept(row)

    async def locked_or_added(self, fresh: KeptRequest) -> KeptRequest:
        statement = insert(kept_requests).values(**_columns(fresh))
        try:
            added = await self._session.scalar(
                statement.on_conflict_do_nothing(index_elements=[kept_requests.c.id]).returning(
                    kept_requests.c.id
                )
            )
        except IntegrityError as error:
            # The foreign key alone is left to be broken: access tokens outlive a deleted account by minutes.
            raise Unauthenticated("the account of this access token no longer exists") from error
        kept = fresh if added is not None else await self.locked(fresh.id)
        # Swept out between the two statements: its time was over, so the request is a new one.
        return kept or await self.locked_or_added(fresh)

    async def save(self, kept: KeptRequest) -> None:
        await self._session.execute(
            sa.update(kept_requests).where(kept_requests.c.id == kept.id).values(**_columns(kept))
        )

    async def drop_expired(self, now: datetime) -> None:
        old = (
            sa.select(kept_requests.c.id)
            .where(kept_requests.c.expires_at <= now)
            .limit(_FORGOTTEN_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        await self._session.execute(sa.delete(kept_requests).where(kept_requests.c.id.in_(old)))


def _columns(kept: KeptRequest) -> dict[str, Any]:
    return vars(kept)


def _kept(row: RowMapping) -> KeptRequest:
    return KeptRequest(**row)
