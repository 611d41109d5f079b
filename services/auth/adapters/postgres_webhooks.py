"""Webhooks and events in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.adapters.sealed_columns import OLD_WEBHOOK_SECRETS, WEBHOOK_SECRETS
from services.auth.adapters.tables.accounts import accounts
from services.auth.adapters.tables.webhooks import events, webhooks
from services.auth.domain.errors import TooManyWebhooks
from services.auth.domain.events import Event, EventKind
from services.auth.domain.sealing import Seals
from services.auth.domain.webhooks import MAX_ENDPOINTS, Disabled, Endpoint


class PostgresEndpoints:
    """Table ``webhooks``."""

    def __init__(self, session: AsyncSession, seals: Seals) -> None:
        self._session = session
        self._seals = seals

    async def add(self, endpoint: Endpoint) -> None:
        # The account's row is locked, so that webhooks made side by side are counted one after another.
        await self._session.execute(
            sa.select(accounts.c.id)
            .where(accounts.c.id == endpoint.account_id)
            .with_for_update(key_share=True)
        )
        own = sa.select(sa.func.count()).where(webhooks.c.account_id == endpoint.account_id)
        if (await self._session.scalar(own) or 0) >= MAX_ENDPOINTS:
            raise TooManyWebhooks(
                "the account has as many webhooks as one may have", limit=str(MAX_ENDPOINTS)
            )
        await self._session.execute(
            sa.insert(webhooks).values(
                id=endpoint.id,
                account_id=endpoint.account_id,
                created_at=endpoint.created_at,
                **self._changing(endpoint),
            )
        )

    async def of(self, account_id: UUID) -> Sequence[Endpoint]:
        own = sa.select(webhooks).where(webhooks.c.account_id == account_id)
        return await self._several(own.order_by(webhooks.c.created_at, webhooks.c.id))

    async def get(self, id: UUID) -> Endpoint | None:
        return await self._one(sa.select(webhooks).where(webhooks.c.id == id))

    async def locked(self, id: UUID) -> Endpoint | None:
        # Without the key: deliveries to it may be written meanwhile.
        return await self._one(sa.select(webhooks).where(webhooks.c.id == id).with_for_update(key_share=True))

    async def save(self, endpoint: Endpoint) -> None:
        await self._session.execute(
            sa.update(webhooks).where(webhooks.c.id == endpoint.id).values(self._changing(endpoint))
        )

    async def remove(self, id: UUID) -> None:
        await self._session.execute(sa.delete(webhooks).where(webhooks.c.id == id))

    async def _one(self, statement: sa.Select[Any]) -> Endpoint | None:
        found = await self._several(statement)
        return found[0] if found else None

    async def _several(self, statement: sa.Select[Any]) -> list[Endpoint]:
        return [self._endpoint(row) for row in (await self._session.execute(statement)).mappings()]

    def _changing(self, endpoint: Endpoint) -> dict[str, Any]:
        old = endpoint.old_secret
        return {
            "url": endpoint.url,
            "events": sorted(endpoint.events),
            "sealed_secret": self._seals.seal(endpoint.secret, WEBHOOK_SECRETS.place(endpoint.id)),
            "sealed_old_secret": old and self._seals.seal(old, OLD_WEBHOOK_SECRETS.place(endpoint.id)),
            "old_secret_until": endpoint.old_secret_until,
            "disabled": endpoint.disabled,
            "disabled_at": endpoint.disabled_at,
            "paused_until": endpoint.paused_until,
            "told_at": endpoint.told_at,
        }

    def _endpoint(self, row: RowMapping) -> Endpoint:
        id, old, disabled = row[webhooks.c.id], row[webhooks.c.sealed_old_secret], row[webhooks.c.disabled]
        return Endpoint(
            id=id,
            account_id=row[webhooks.c.account_id],
            url=row[webhooks.c.url],
            events=frozenset(map(EventKind, row[webhooks.c.events])),
            secret=self._seals.open(row[webhooks.c.sealed_secret], WEBHOOK_SECRETS.place(id)),
            created_at=row[webhooks.c.created_at],
            old_secret=old and self._seals.open(old, OLD_WEBHOOK_SECRETS.place(id)),
            old_secret_until=row[webhooks.c.old_secret_until],
            disabled=disabled and Disabled(disabled),
            disabled_at=row[webhooks.c.disabled_at],
            paused_until=row[webhooks.c.paused_until],
            told_at=row[webhooks.c.told_at],
        )


class PostgresEvents:
    """Table ``events``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, event: Event) -> bool:
        statement = insert(events).values(
            id=event.id,
            account_id=event.account_id,
            kind=event.kind,
            data=dict(event.data),
            created_at=event.created_at,
        )
        added = await self._session.scalar(
            statement.on_conflict_do_nothing(index_elements=[events.c.id]).returning(events.c.id)
        )
        return added is not None

    async def drop(self, before: datetime) -> None:
        await self._session.execute(sa.delete(events).where(events.c.created_at < before))
