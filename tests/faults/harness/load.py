"""An open-loop load: many users who come when the schedule says so, whether or not others were answered.

Arrivals, users and what they do are drawn from one seed, so that the same seed asks the same in the same order.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.faults.harness.batches import BATCHES
from tests.faults.harness.journal import Journal
from tests.faults.harness.users import OPERATIONS, Api, User

EVERYTHING = OPERATIONS | BATCHES
"""What people do."""


@dataclass(frozen=True)
class Scale:
    """How much is asked, and for how long. The arrival rate suits two cores: good-put must not bend without a fault."""

    users: int
    arrivals_per_s: float
    before_s: float
    """Time under load before the fault; its good-put is what recovery is compared with."""
    fault_s: float
    """Usual length of a fault."""
    after_s: float
    """Time under load after the fault."""
    crashes: int
    """Crash points that one run sweeps."""
    job_places: int
    """Places of the job protocol that one run sweeps."""
    patience: float = 1.0
    """Claimed times are stretched by this where other work is known to run beside."""
    most_requests: int = 5000
    """Bound of one run, whatever happens."""


FULL = Scale(users=50, arrivals_per_s=4.0, before_s=4.0, fault_s=8.0, after_s=8.0, crashes=4, job_places=100)
"""`make faults`."""
FAST = Scale(
    users=6,
    arrivals_per_s=6.0,
    before_s=1.0,
    fault_s=2.0,
    # Nine good answers are wanted after the last bad one, which may come a second after the fault.
    after_s=4.0,
    crashes=1,
    job_places=2,
    patience=4.0,
)
"""`make test`, beside other tests on the same cores."""


@dataclass
class Load:
    """Sends requests until it is stopped."""

    scale: Scale
    journal: Journal
    users: Sequence[User]
    api: Api
    random: random.Random
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Ask while the block runs; all that was sent is answered, or given up, when it ends."""
        arriving = asyncio.create_task(self._arrive())
        try:
            yield
        finally:
            arriving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await arriving
            await asyncio.gather(*self._tasks)

    async def _arrive(self) -> None:
        due = self.journal.now
        names, weights = zip(
            *((name, operation.weight) for name, operation in EVERYTHING.items()), strict=True
        )
        for _ in range(self.scale.most_requests):
            due += self.random.expovariate(self.scale.arrivals_per_s)
            user = self.random.choice(self.users)
            [name] = self.random.choices(names, weights)
            dice = random.Random(self.random.random())
            await asyncio.sleep(max(0.0, due - self.journal.now))
            task = asyncio.create_task(EVERYTHING[name].perform(self.api, user, dice, due))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
