"""What tells people, at work on a world's storage: webhooks, events, deliveries, and the letters that come of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from services.auth.domain.deliveries import MAX_ATTEMPTS, Answer, Delivery
from services.auth.domain.events import EventKind
from services.auth.domain.letters import Letter
from services.auth.domain.model import Account
from services.auth.domain.ports import UnitOfWork
from services.auth.domain.webhooks import Endpoint
from services.auth.use_cases.announce import Announce
from services.auth.use_cases.deliveries import Deliver
from services.auth.use_cases.webhooks import Webhooks
from tests.unit.auth.couriers import CourierDouble
from tests.unit.auth.world import World

URL = "https://hooks.example.com/in"
ALL: frozenset[EventKind] = frozenset()
FAILED = Answer(500, "refused")


class Telling:
    """An account, and every verb that tells it something."""

    def __init__(self, world: World, account: Account) -> None:
        self.world, self.account, self.clock = world, account, world.clock
        self.courier = CourierDouble()
        self.letters: list[Letter] = []
        self.webhooks = Webhooks(self.units, self.courier, world.clock)
        self.announce = Announce(self.units, world.clock)
        self.deliver = Deliver(self.units, self.courier, world.clock)

    @asynccontextmanager
    async def units(self) -> AsyncIterator[UnitOfWork]:
        """The world's units of work; letters that they post are overheard once they have committed."""
        posted: list[Letter] = []
        async with self.world.units() as unit:
            post = unit.letters.post

            async def overheard(letter: Letter) -> None:
                posted.append(letter)
                await post(letter)

            unit.letters.post = overheard  # type: ignore[method-assign]
            yield unit
        self.letters += posted

    async def add(self, url: str = URL, events: frozenset[EventKind] = ALL) -> Endpoint:
        return await self.webhooks.add(self.account.id, url, events)

    async def happens(self, kind: EventKind = EventKind.JOB_CANCELLED, id: UUID | None = None) -> UUID:
        id = id or uuid4()
        await self.announce(id, self.account.id, kind, {"jobId": "job-7"})
        return id

    async def sent_to(self, endpoint: Endpoint) -> Sequence[Delivery]:
        return await self.webhooks.deliveries(self.account.id, endpoint.id, 100, None)

    async def one(self, endpoint: Endpoint) -> Delivery:
        [only] = await self.sent_to(endpoint)
        return only

    async def attempt(self, delivery: Delivery) -> Answer | None:
        """The attempt that is next, as the delivery was seen."""
        return await self.deliver(delivery.id, delivery.run, delivery.attempts + 1)

    async def exhaust(self, endpoint: Endpoint) -> None:
        """Let every attempt of its newest delivery fail."""
        self.courier.answers = [FAILED] * MAX_ATTEMPTS
        for _ in range(MAX_ATTEMPTS):
            await self.attempt((await self.sent_to(endpoint))[0])
