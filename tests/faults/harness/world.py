"""One run of one experiment: the platform under load, the fault's marks, and what the experiment claims."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.faults.harness.health import HealthWatch
from tests.faults.harness.inference import InferenceServer
from tests.faults.harness.journal import Entry, Journal
from tests.faults.harness.load import Scale
from tests.faults.harness.sinks import Sinks
from tests.faults.harness.stack import Stack
from tests.faults.harness.users import GIVE_UP_S, Api, User
from tests.faults.harness.waiting import until


@dataclass
class World:
    """What an experiment works with."""

    stack: Stack
    scale: Scale
    random: random.Random
    """The nemesis' dice, thrown from the run's seed."""
    journal: Journal
    api: Api
    users: Sequence[User]
    health: HealthWatch
    sinks: Sinks
    inference: InferenceServer | None = None
    """The inference server, where the plan has one."""
    fault_began: float = 0.0
    fault_ended: float = 0.0
    broken_claims: list[str] = field(default_factory=list)
    newcomers: list[User] = field(default_factory=list)
    """People who came with the experiment, beside those of the load."""

    async def newcomer(self) -> User:
        """Somebody new, with credits and a webhook as everybody. AssertionError where that fails."""
        user = await self.api.sign_up(f"newcomer-{self.random.getrandbits(48):012x}@example.org")
        await self.api.verify(user, await self.sinks.verification_token(user.email))
        await self.api.add_webhook(user, self.sinks.everybodys.url)
        self.newcomers.append(user)
        return user

    @asynccontextmanager
    async def fault(self) -> AsyncIterator[None]:
        """The fault lasts as long as the block; afterwards the load goes on, and all that the fault met is answered."""
        await asyncio.sleep(self.random.random())  # not in step with the load or with any timer
        self.fault_began = self.journal.now
        self.journal.note("fault began", at=self.fault_began)
        yield
        self.fault_ended = self.journal.now
        self.journal.note("fault ended", at=self.fault_ended)
        await asyncio.sleep(self.scale.after_s)
        await until(self._all_answered, self.api.deadline_s + GIVE_UP_S + 1)

    def _all_answered(self) -> bool:
        return all(entry.answered is not None for entry in self.during())

    async def under_load(self, times: float = 1.0) -> None:
        """Let the load go on for the usual length of a fault, or some times that."""
        await asyncio.sleep(times * self.scale.fault_s)

    async def at_least(self, seconds: float) -> None:
        """Let the load go on until the fault has lasted so long, whatever the scale."""
        await asyncio.sleep(max(0.0, self.fault_began + seconds - self.journal.now))

    def during(self, *operations: str) -> list[Entry]:
        """Requests that were sent while the fault lasted; of these operations, or of all."""
        return [
            entry
            for entry in self.journal.between(self.fault_began, self.fault_ended or float("inf"))
            if not operations or entry.operation in operations
        ]

    def failed_after(self, begin: float) -> list[Entry]:
        """Requests that were sent from then on, and answered, and not well."""
        sent = self.journal.between(begin, float("inf"))
        return [entry for entry in sent if entry.answered is not None and not entry.good]

    def before(self, *operations: str) -> list[Entry]:
        """Requests that were answered before the fault; of these operations, or of all."""
        return [
            entry
            for entry in self.journal.between(0.0, self.fault_began)
            if (not operations or entry.operation in operations)
            and entry.answered is not None
            and entry.answered < self.fault_began
        ]

    def patient(self, seconds: float) -> float:
        """A claimed time, stretched where other work runs beside."""
        return self.scale.patience * seconds

    def claim(self, holds: bool, sentence: str) -> None:
        """Say what has to hold; the run fails where it does not."""
        if not holds:
            self.broken_claims.append(sentence)
