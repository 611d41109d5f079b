"""API keys in PostgreSQL: table ``api_keys``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from atelierkit.scopes import Scope
from services.auth.adapters.tables.accounts import accounts
from services.auth.adapters.tables.api_keys import api_keys
from services.auth.domain.api_keys import ApiKey, KeyHolder
from services.auth.domain.model import Account


class PostgresApiKeys:
    """Keys, and the accounts that they stand for."""

    def __init__(self, session: AsyncSession, account: Callable[[RowMapping], Account]) -> None:
        """``account`` reads an account from the columns of its table."""
        self._session = session
        self._account = account

    async def add(self, key: ApiKey, digest: bytes) -> None:
        await self._session.execute(
            sa.insert(api_keys).values(
                id=key.id,
                account_id=key.account_id,
                digest=digest,
                name=key.name,
                scopes=sorted(key.scopes),
                created_at=key.created_at,
                expires_at=key.expires_at,
            )
        )

    async def of(self, account_id: UUID) -> Sequence[ApiKey]:
        own = sa.select(api_keys).where(api_keys.c.account_id == account_id)
        rows = await self._session.execute(own.order_by(api_keys.c.created_at.desc(), api_keys.c.id.desc()))
        return [_key(row) for row in rows.mappings()]

    async def by_digest(self, digest: bytes) -> KeyHolder | None:
        found = sa.select(api_keys, accounts).join(accounts).where(api_keys.c.digest == digest)
        row = (await self._session.execute(found)).mappings().one_or_none()
        return None if row is None else KeyHolder(_key(row), self._account(row))

    async def note_use(self, id: UUID, hour: datetime) -> None:
        await self._session.execute(sa.update(api_keys).where(api_keys.c.id == id).values(used_at=hour))

    async def revoke(self, id: UUID, account_id: UUID, now: datetime) -> bool:
        revoked = sa.update(api_keys).where(api_keys.c.id == id, api_keys.c.account_id == account_id)
        first = sa.func.coalesce(api_keys.c.revoked_at, now)
        ended = await self._session.scalar(revoked.values(revoked_at=first).returning(api_keys.c.id))
        return ended is not None

    async def forget(self, account_id: UUID, before: datetime) -> None:
        # LEAST passes over what is null.
        end = sa.func.least(api_keys.c.revoked_at, api_keys.c.expires_at)
        await self._session.execute(
            sa.delete(api_keys).where(api_keys.c.account_id == account_id, end <= before)
        )


def _key(row: RowMapping) -> ApiKey:
    return ApiKey(
        id=row[api_keys.c.id],
        account_id=row[api_keys.c.account_id],
        name=row[api_keys.c.name],
        scopes=frozenset(Scope(scope) for scope in row[api_keys.c.scopes]),
        created_at=row[api_keys.c.created_at],
        expires_at=row[api_keys.c.expires_at],
        used_at=row[api_keys.c.used_at],
        revoked_at=row[api_keys.c.revoked_at],
    )
