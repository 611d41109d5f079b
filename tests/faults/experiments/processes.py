"""A. Processes die."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.faults.experiments.claims import NOTICED_S, refused_alone
from tests.faults.harness.experiment import experiment
from tests.faults.harness.health import ALL_READY, LIVE, READY
from tests.faults.harness.journal import Entry
from tests.faults.harness.users import size_advice
from tests.faults.harness.world import World

GENERATOR_POINTS = ("generator.inferred", "generator.built", "generator.points_stored", "generator.recorded")
MESHER_POINTS = ("mesher.meshing", "blobs.typed", "mesher.stored")
OF_THE_GENERATOR = (
    *("create", "change", "delete", "preview", "page", "get", "download", "size"),
    *("batch", "cancel", "job", "jobs", "receipts"),
)
"""What users do that it has a part in."""
COMES_BACK = 5
"""Times that a client asks again."""
PAUSE_S = 0.2
SAME_INPUT = {"bodyType": "feminine", "measurements": {"stature": 1662}, "seed": 7}
"""What is sent again and again to a process that crashes on it."""


@experiment("F02", "auth is killed", watched=("auth",), alert="ServiceDown")
async def auth_is_killed(world: World) -> None:
    """Log-ins and sign-ups are refused with 503; a valid token goes on working, since its check is local."""
    async with world.fault():
        world.stack.kill("auth")
        await world.under_load()
        await world.stack.start("auth")
    refused_alone(world, refused=("login", "signup", "account", "balance", "statement", "batch"))
    world.claim(
        world.health.bad_after("auth", world.fault_began) < world.patient(NOTICED_S),
        "no probe told that auth was dead",
    )
    world.claim(world.health.good(LIVE, 0, world.fault_ended), "the gateway looked dead")
    world.claim(
        world.health.good(READY, 0, world.fault_ended), "the gateway left the balancing for auth alone"
    )
    for noticed in (
        world.health.bad_after(ALL_READY, world.fault_began),
        world.health.good_after(ALL_READY, world.fault_ended),
    ):
        world.claim(noticed < world.patient(NOTICED_S), f"the gateway told after {noticed:.1f} s")


@experiment("F03", "catalog is killed", watched=("catalog",), alert="ServiceDown")
async def catalog_is_killed(world: World) -> None:
    """Its own routes are refused within a second. Avatars whose look was resolved before are still made."""
    dressed = {**SAME_INPUT, "look": {"skin": "tone-01"}}
    await _create(world, dressed)
    async with world.fault():
        world.stack.kill("catalog")
        known = await _create(world, dressed)
        await world.under_load()
        await world.stack.start("catalog")
    refused_alone(world, refused=("garments", "skins", "size", "create", "change"))
    world.claim(known.acknowledged, "an avatar with a known look was not made")


@experiment("F04", "generator is killed while it makes avatars", alert="ServiceRestarted")
async def generator_crashes(world: World) -> None:
    """A crash at every point of the making, in the order that the seed gives.

    There is no job to lease again yet: the caller of the moment is told 503 or sees the connection end, and asks
    again. What was acknowledged is there once and whole; what was not leaves no file behind.
    """
    points = world.random.sample(GENERATOR_POINTS, world.scale.crashes)
    async with world.fault():
        for point in points:
            await _crash(world, "generator", point)
            await world.stack.start("generator")
            await _made_again(world, point)
    refused_alone(world, refused=OF_THE_GENERATOR)


@experiment("F05", "mesher is killed in mid-mesh, three times by the same input", alert="ServiceRestarted")
async def mesher_crashes(world: World) -> None:
    """A crash while meshing, between the two writes of a file, and after them; then the same input is meshed.

    There is no job that could fail for good after three crashes yet: each request is refused for itself, with a
    bounded number of attempts, and others go on.
    """
    points = world.random.sample(MESHER_POINTS, min(world.scale.crashes, len(MESHER_POINTS)))
    async with world.fault():
        for point in points:
            await _crash(world, "mesher", point)
        await world.stack.start("mesher")
        await _made_again(world, points[-1])
    refused_alone(world, refused=("create", "change", "preview", "download"))


@experiment("F06", "tryon is killed", watched=("tryon",), alert="ServiceDown")
async def tryon_is_killed(world: World) -> None:
    """It makes no picture yet, so nothing half written can be left: size advice is refused, all else goes on."""
    async with world.fault():
        world.stack.kill("tryon")
        # The load asks so seldom that a whole fault may pass without it.
        await size_advice(world.api, world.users[0], world.random, world.journal.now)
        await world.under_load()
        await world.stack.start("tryon")
    refused_alone(world, refused=("size",))
    world.claim(
        world.health.bad_after("tryon", world.fault_began) < world.patient(NOTICED_S),
        "no probe told that tryon was dead",
    )


async def _crash(world: World, service: str, point: str) -> None:
    """Have the service end at that point, by the same input; nobody is told that it was done."""
    world.stack.kill(service)
    # Whether it serves is not waited for: the load may find the place first.
    world.stack.spawn(service, failpoints=f"{point}=crash")
    while world.stack.runs(service):
        lost = await _create(world, SAME_INPUT)
        world.claim(not lost.acknowledged, f"{point} acknowledged what it could not know")
        await asyncio.sleep(PAUSE_S)
    await world.stack.crashed(service)


async def _made_again(world: World, point: str) -> None:
    """The same input works, for a client that comes back when it is told to."""
    for _ in range(COMES_BACK):
        made = await _create(world, SAME_INPUT)
        if made.acknowledged:
            return
        await asyncio.sleep(float(made.headers.get("retry-after", 1)))
    world.claim(False, f"after {point} the same avatar was not made")


async def _create(world: World, draft: dict[str, Any]) -> Entry:
    user = world.random.choice(world.users)
    return await world.api.make(user, draft)
