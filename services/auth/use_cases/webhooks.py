"""Webhooks: people add, change and remove them, and look at what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from atelierkit.errors import NotFound
from atelierkit.repeat import repeated
from services.auth.domain.deliveries import Courier, Delivery
from services.auth.domain.events import Event, EventKind
from services.auth.domain.model import Position
from services.auth.domain.ports import Clock, UnitOfWork, UnitsOfWork
from services.auth.domain.webhooks import Disabled, Endpoint


@dataclass(frozen=True)
class WebhookChange:
    """What is changed of a webhook; None leaves it as it is."""

    url: str | None = None
    events: frozenset[EventKind] | None = None
    enabled: bool | None = None


@dataclass(frozen=True)
class Webhooks:
    """An account's webhooks. Another account's are as good as none: NotFound."""

    units: UnitsOfWork
    courier: Courier
    clock: Clock

    @repeated
    async def add(self, account_id: UUID, url: str, events: frozenset[EventKind]) -> Endpoint:
        """Raise UrlNotAllowed or TooManyWebhooks."""
        await self.courier.check(url)
        endpoint = Endpoint.new(account_id, url, events, self.clock())
        async with self.units() as unit:
            await unit.endpoints.add(endpoint)
        return endpoint

    async def all(self, account_id: UUID) -> Sequence[Endpoint]:
        """The oldest first."""
        async with self.units() as unit:
            return await unit.endpoints.of(account_id)

    async def get(self, account_id: UUID, id: UUID) -> Endpoint:
        """Raise NotFound."""
        async with self.units() as unit:
            return _own(account_id, await unit.endpoints.get(id))

    async def change(self, account_id: UUID, id: UUID, change: WebhookChange) -> Endpoint:
        """Raise NotFound or UrlNotAllowed."""
        if change.url is not None:
            await self.courier.check(change.url)
        async with self.units() as unit:
            endpoint = self._changed(await _locked(unit, account_id, id), change)
            await unit.endpoints.save(endpoint)
        return endpoint

    def _changed(self, endpoint: Endpoint, change: WebhookChange) -> Endpoint:
        if change.url is not None:
            endpoint = replace(endpoint, url=change.url)
        if change.events is not None:
            endpoint = replace(endpoint, events=change.events)
        if change.enabled is None:
            return endpoint
        return (
            endpoint.switched_on()
            if change.enabled
            else endpoint.switched_off(Disabled.BY_OWNER, self.clock())
        )

    @repeated
    async def remove(self, account_id: UUID, id: UUID) -> None:
        """Raise NotFound. What was on its way to it goes no further."""
        async with self.units() as unit:
            await _locked(unit, account_id, id)
            await unit.endpoints.remove(id)

    @repeated
    async def rotate_secret(self, account_id: UUID, id: UUID) -> Endpoint:
        """Raise NotFound. The secret of before signs along for a day."""
        async with self.units() as unit:
            endpoint = (await _locked(unit, account_id, id)).rotated(self.clock())
            await unit.endpoints.save(endpoint)
        return endpoint

    @repeated
    async def send_test(self, account_id: UUID, id: UUID) -> Delivery:
        """Send an event that means nothing. Raise NotFound."""
        async with self.units() as unit:
            endpoint = await _locked(unit, account_id, id)
            event = Event(uuid4(), account_id, EventKind.TEST, {"webhookId": str(id)}, self.clock())
            await unit.events.add(event)
            delivery = Delivery.new(event, endpoint, self.clock())
            await unit.deliveries.add(delivery)
        return delivery

    async def deliveries(
        self, account_id: UUID, id: UUID, limit: int, after: Position | None
    ) -> Sequence[Delivery]:
        """The newest first. Raise NotFound."""
        async with self.units() as unit:
            _own(account_id, await unit.endpoints.get(id))
            return await unit.deliveries.page(id, limit=limit, after=after)

    @repeated
    async def replay(self, account_id: UUID, id: UUID, delivery_id: UUID) -> Delivery:
        """Send an event again, with the same id, whatever became of it. Raise NotFound."""
        async with self.units() as unit:
            await _locked(unit, account_id, id)
            delivery = await unit.deliveries.locked(delivery_id)
            if delivery is None or delivery.endpoint_id != id:
                raise NotFound("there is no such delivery")
            delivery = delivery.replayed(self.clock())
            await unit.deliveries.save(delivery)
        return delivery


async def _locked(unit: UnitOfWork, account_id: UUID, id: UUID) -> Endpoint:
    return _own(account_id, await unit.endpoints.locked(id))


def _own(account_id: UUID, endpoint: Endpoint | None) -> Endpoint:
    if endpoint is None or endpoint.account_id != account_id:
        raise NotFound("there is no such webhook")
    return endpoint
