"""Deliveries in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.adapters.tables.webhooks import deliveries, events
from services.auth.domain.deliveries import Delivery, DeliveryState
from services.auth.domain.events import Event, EventKind
from services.auth.domain.jobs import DELIVER, Backlog, Jobs
from services.auth.domain.model import Position

_DELIVERIES = sa.select(deliveries, events).select_from(deliveries.join(events))


class PostgresDeliveries:
    """Table ``deliveries``."""

    def __init__(self, session: AsyncSession, jobs: Jobs) -> None:
        self._session = session
        self._jobs = jobs

    async def add(self, delivery: Delivery) -> None:
        await self._session.execute(
            sa.insert(deliveries).values(
                id=delivery.id,
                event_id=delivery.event.id,
                webhook_id=delivery.endpoint_id,
                created_at=delivery.created_at,
                **_changing(delivery),
            )
        )
        await self._jobs.put(DELIVER, delivery.job, delivery.next_at)

    async def get(self, id: UUID) -> Delivery | None:
        return await self._one(_DELIVERIES.where(deliveries.c.id == id))

    async def locked(self, id: UUID) -> Delivery | None:
        return await self._one(_DELIVERIES.where(deliveries.c.id == id).with_for_update(of=deliveries))

    async def save(self, delivery: Delivery) -> None:
        await self._session.execute(
            sa.update(deliveries).where(deliveries.c.id == delivery.id).values(_changing(delivery))
        )
        if delivery.next_at is not None:
            await self._jobs.put(DELIVER, delivery.job, delivery.next_at)

    async def page(self, endpoint_id: UUID, *, limit: int, after: Position | None) -> Sequence[Delivery]:
        place = sa.tuple_(deliveries.c.created_at, deliveries.c.id)
        newest_first = _DELIVERIES.where(deliveries.c.webhook_id == endpoint_id).order_by(
            deliveries.c.created_at.desc(), deliveries.c.id.desc()
        )
        if after is not None:
            newest_first = newest_first.where(place < sa.tuple_(*map(sa.literal, after)))
        return await self._several(newest_first.limit(limit))

    async def backlog(self, now: datetime) -> Backlog:
        overdue = sa.func.min(deliveries.c.next_at).filter(deliveries.c.next_at <= now)
        statement = sa.select(sa.func.count(), overdue).where(deliveries.c.next_at.is_not(None))
        return Backlog(*(await self._session.execute(statement)).one())

    async def _one(self, statement: sa.Select[Any]) -> Delivery | None:
        found = await self._several(statement)
        return found[0] if found else None

    async def _several(self, statement: sa.Select[Any]) -> list[Delivery]:
        return [_delivery(row) for row in (await self._session.execute(statement)).mappings()]


def _changing(delivery: Delivery) -> dict[str, Any]:
    return {
        "next_at": delivery.next_at,
        "state": delivery.state,
        "run": delivery.run,
        "attempts": delivery.attempts,
        "attempted_at": delivery.attempted_at,
        "status": delivery.status,
        "error": delivery.error,
    }


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(
        id=row[deliveries.c.id],
        event=Event(
            row[events.c.id],
            row[events.c.account_id],
            EventKind(row[events.c.kind]),
            row[events.c.data],
            row[events.c.created_at],
        ),
        endpoint_id=row[deliveries.c.webhook_id],
        created_at=row[deliveries.c.created_at],
        next_at=row[deliveries.c.next_at],
        state=DeliveryState(row[deliveries.c.state]),
        run=row[deliveries.c.run],
        attempts=row[deliveries.c.attempts],
        attempted_at=row[deliveries.c.attempted_at],
        status=row[deliveries.c.status],
        error=row[deliveries.c.error],
    )
