"""B. PostgreSQL."""

from __future__ import annotations

from tests.faults.experiments.claims import NOTICED_S, refused_alone
from tests.faults.harness.experiment import experiment
from tests.faults.harness.health import LIVE
from tests.faults.harness.world import World

RECONNECTED_S = 5.0
"""Pools reconnect by themselves within this time."""


@experiment("F10", "PostgreSQL restarts", watched=("auth", "catalog", "generator"), alert="DependencyDown")
async def database_restarts(world: World) -> None:
    """All that stands on it is refused with 503 while it is down; nothing has to be started again afterwards.

    A service that has lost its database is out of balancing as a whole, previews included.
    """
    async with world.fault():
        await world.stack.restart_database(world.scale.fault_s)
    refused_alone(world, refused=sorted({entry.operation for entry in world.during()}))
    for service in ("auth", "catalog", "generator"):
        world.claim(
            world.health.bad_after(service, world.fault_began) < world.patient(NOTICED_S),
            f"no probe told that {service} has no database",
        )
        world.claim(
            world.health.good_after(service, world.fault_ended) < world.patient(RECONNECTED_S),
            f"{service} did not get healthy again",
        )
    world.claim(world.health.good(LIVE, 0, world.fault_ended), "the gateway looked dead")
    late = world.failed_after(world.fault_ended + RECONNECTED_S)
    world.claim(not late, f"{len(late)} requests failed {RECONNECTED_S:g} s after the database was back")
