"""Webhooks, events and deliveries in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.auth.adapters.memory_letters import MemoryJobs
from services.auth.domain.deliveries import Delivery
from services.auth.domain.errors import TooManyWebhooks
from services.auth.domain.events import Event
from services.auth.domain.jobs import DELIVER, Backlog
from services.auth.domain.model import Position
from services.auth.domain.webhooks import MAX_ENDPOINTS, Endpoint


class MemoryEndpoints:
    """Webhooks in a dictionary."""

    def __init__(self, endpoints: dict[UUID, Endpoint], deliveries: dict[UUID, Delivery]) -> None:
        self._endpoints = endpoints
        self._deliveries = deliveries

    async def add(self, endpoint: Endpoint) -> None:
        if len(await self.of(endpoint.account_id)) >= MAX_ENDPOINTS:
            raise TooManyWebhooks(
                "the account has as many webhooks as one may have", limit=str(MAX_ENDPOINTS)
            )
        self._endpoints[endpoint.id] = endpoint

    async def of(self, account_id: UUID) -> Sequence[Endpoint]:
        own = [one for one in self._endpoints.values() if one.account_id == account_id]
        return sorted(own, key=lambda one: (one.created_at, one.id))

    async def get(self, id: UUID) -> Endpoint | None:
        return self._endpoints.get(id)

    async def locked(self, id: UUID) -> Endpoint | None:
        return await self.get(id)

    async def save(self, endpoint: Endpoint) -> None:
        self._endpoints[endpoint.id] = endpoint

    async def remove(self, id: UUID) -> None:
        del self._endpoints[id]
        for delivery in [one for one in self._deliveries.values() if one.endpoint_id == id]:
            del self._deliveries[delivery.id]


class MemoryEvents:
    """Events in a dictionary."""

    def __init__(self, events: dict[UUID, Event], deliveries: dict[UUID, Delivery]) -> None:
        self._events = events
        self._deliveries = deliveries

    async def add(self, event: Event) -> bool:
        return self._events.setdefault(event.id, event) is event

    async def drop(self, before: datetime) -> None:
        old = {event.id for event in self._events.values() if event.created_at < before}
        for id in old:
            del self._events[id]
        for delivery in [one for one in self._deliveries.values() if one.event.id in old]:
            del self._deliveries[delivery.id]


class MemoryDeliveries:
    """Deliveries in a dictionary."""

    def __init__(self, deliveries: dict[UUID, Delivery], jobs: MemoryJobs) -> None:
        self._deliveries = deliveries
        self._jobs = jobs

    async def add(self, delivery: Delivery) -> None:
        self._deliveries[delivery.id] = delivery
        await self._jobs.put(DELIVER, delivery.job, delivery.next_at)

    async def get(self, id: UUID) -> Delivery | None:
        return self._deliveries.get(id)

    async def locked(self, id: UUID) -> Delivery | None:
        return await self.get(id)

    async def save(self, delivery: Delivery) -> None:
        self._deliveries[delivery.id] = delivery
        if delivery.next_at is not None:
            await self._jobs.put(DELIVER, delivery.job, delivery.next_at)

    async def page(self, endpoint_id: UUID, *, limit: int, after: Position | None) -> Sequence[Delivery]:
        found = [one for one in self._deliveries.values() if one.endpoint_id == endpoint_id]
        found.sort(key=lambda one: one.position, reverse=True)
        return [one for one in found if after is None or one.position < after][:limit]

    async def backlog(self, now: datetime) -> Backlog:
        due = [one.next_at for one in self._deliveries.values() if one.next_at is not None]
        return Backlog(len(due), min((time for time in due if time <= now), default=None))
