"""Deliveries: one attempt after another, until the receiver has it or does not want it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from atelierkit.repeat import repeated
from services.auth.domain import signatures
from services.auth.domain.deliveries import KEPT_FOR, Answer, Courier, Delivery, DeliveryState
from services.auth.domain.events import Event
from services.auth.domain.letters import Letter, LetterKind
from services.auth.domain.ports import Clock, UnitOfWork, UnitsOfWork
from services.auth.domain.webhooks import LETTER_EVERY, Disabled, Endpoint


@dataclass(frozen=True)
class Deliver:
    """Makes one attempt.

    What an attempt came to and the next one are written together, after it: a process that dies in between makes the
    same attempt again, with the same id. So everything arrives at least once.
    """

    units: UnitsOfWork
    courier: Courier
    clock: Clock
    scale: float = 1.0
    """Stretches the waits between attempts."""

    async def __call__(self, id: UUID, run: int, attempt: int) -> Answer | None:
        """What came of it; None where it was not made: it is no longer due, or not yet."""
        async with self.units() as unit:
            found = await self._due(unit, id, run, attempt)
        if found is None:
            return None
        delivery, endpoint = found
        body = message(delivery.event)
        now = self.clock()
        headers = signatures.headers(delivery.event.webhook_id, now, body, endpoint.secrets(now))
        # Outside of the unit of work: a slow receiver must hold no connection to the database.
        answer = await self.courier.send(endpoint.url, headers, body)
        await self.note(id, run, attempt, answer)
        return answer

    @repeated
    async def note(self, id: UUID, run: int, attempt: int, answer: Answer) -> None:
        """Write down what came of an attempt, with all that follows from it; a second time changes nothing."""
        async with self.units() as unit:
            await self._note(unit, id, run, attempt, answer)

    async def _due(
        self, unit: UnitOfWork, id: UUID, run: int, attempt: int
    ) -> tuple[Delivery, Endpoint] | None:
        delivery = await unit.deliveries.locked(id)
        if delivery is None or not delivery.awaits(run, attempt):
            return None
        endpoint = await unit.endpoints.get(delivery.endpoint_id)
        if endpoint is None:
            return None
        if endpoint.disabled is not None:
            await unit.deliveries.save(delivery.cancelled())
            return None
        if endpoint.paused_until is not None and endpoint.paused_until > self.clock():
            await unit.deliveries.save(delivery.put_off(endpoint.paused_until))
            return None
        return delivery, endpoint

    async def _note(self, unit: UnitOfWork, id: UUID, run: int, attempt: int, answer: Answer) -> None:
        # In the order in which a removal takes them, so that the two never wait for each other.
        known = await unit.deliveries.get(id)
        endpoint = None if known is None else await unit.endpoints.locked(known.endpoint_id)
        delivery = await unit.deliveries.locked(id)
        if delivery is None or endpoint is None or not delivery.awaits(run, attempt):
            return
        now = self.clock()
        after = delivery.attempted(answer, now, self.scale)
        await unit.deliveries.save(after)
        endpoint = _after(endpoint, answer, now)
        if after.state is DeliveryState.EXHAUSTED:
            endpoint = await _told(unit, endpoint, now)
        await unit.endpoints.save(endpoint)


def message(event: Event) -> bytes:
    """The body that every attempt of the event carries, to the byte."""
    content = {"type": event.kind, "timestamp": event.created_at.isoformat(), "data": dict(event.data)}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _after(endpoint: Endpoint, answer: Answer, now: datetime) -> Endpoint:
    if answer.gone:
        return endpoint.switched_off(Disabled.GONE, now)
    return replace(endpoint, paused_until=now + answer.pause) if answer.pause else endpoint


async def _told(unit: UnitOfWork, endpoint: Endpoint, now: datetime) -> Endpoint:
    """Write to the owner, unless they heard of this webhook a short while ago."""
    account = await unit.accounts.get(endpoint.account_id)
    if account is None or (endpoint.told_at is not None and now < endpoint.told_at + LETTER_EVERY):
        return endpoint
    await unit.letters.post(
        Letter(LetterKind.WEBHOOK_FAILS, account.email, account.language, {"url": endpoint.url}, account.id)
    )
    return replace(endpoint, told_at=now)


@dataclass(frozen=True)
class SweepEvents:
    """Forgets events after 30 days, and their deliveries with them."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self) -> None:
        """Do it."""
        async with self.units() as unit:
            await unit.events.drop(self.clock() - KEPT_FOR)
