"""B. PostgreSQL goes and comes back."""

from __future__ import annotations

import asyncio

from tests.faults.experiments.claims import NOTICED_S, refused_alone
from tests.faults.harness.experiment import experiment
from tests.faults.harness.health import LIVE
from tests.faults.harness.world import World

RECONNECTED_S = 5.0
"""Pools reconnect by themselves within this time."""
CRASHES = 10
UNHARMED_S = 1.5
"""Longest time between two crashes."""
_DATABASE_USERS = ("auth", "catalog", "generator")


@experiment("F10", "PostgreSQL restarts", watched=_DATABASE_USERS, alert="DependencyDown")
async def database_restarts(world: World) -> None:
    """All that stands on it is refused with 503 while it is down; nothing has to be started again afterwards.

    A service that has lost its database is out of balancing as a whole, previews included.
    """
    async with world.fault():
        await world.stack.restart_database(world.scale.fault_s)
    _refused_and_back(world)
    for service in _DATABASE_USERS:
        world.claim(
            world.health.bad_after(service, world.fault_began) < world.patient(NOTICED_S),
            f"no probe told that {service} has no database",
        )


@experiment("F11", "PostgreSQL crashes ten times", watched=_DATABASE_USERS, alert="DatabaseUnreachable")
async def database_crashes(world: World) -> None:
    """Nothing is written down at the end but what was on disk: each acknowledged id was.

    Probes need not tell of each: it may be over before a second check has failed.
    """
    async with world.fault():
        for crash in range(CRASHES):
            world.journal.note("crash", number=crash, at=world.journal.now)
            await world.stack.crash_database()
            await asyncio.sleep(world.random.uniform(0, UNHARMED_S))
    _refused_and_back(world)


def _refused_and_back(world: World) -> None:
    """What was not done was refused with 503, and nothing had to be started again."""
    refused_alone(world, refused=sorted({entry.operation for entry in world.during()}))
    for service in _DATABASE_USERS:
        world.claim(
            world.health.good_after(service, world.fault_ended) < world.patient(RECONNECTED_S),
            f"{service} did not get healthy again",
        )
    world.claim(world.health.good(LIVE, 0, world.fault_ended), "the gateway looked dead")
    late = world.failed_after(world.fault_ended + RECONNECTED_S)
    world.claim(not late, f"{len(late)} requests failed {RECONNECTED_S:g} s after the database was back")
