"""A. Processes die."""

from __future__ import annotations

from tests.faults.harness.experiment import experiment
from tests.faults.harness.health import LIVE, READY
from tests.faults.harness.world import World

NOTICED_S = 2.0
"""Probes tell of a lost dependency within this time."""
REFUSED_S = 1.0
"""What cannot be done is refused within this time."""


@experiment("F02", "auth is killed", watched=("auth",))
async def auth_is_killed(world: World) -> None:
    """Log-ins and sign-ups are refused with 503; a valid token goes on working, since its check is local."""
    async with world.fault():
        world.stack.kill("auth")
        await world.under_load()
        await world.stack.start("auth")
    refused = world.during("login", "signup", "account")
    others = world.during("garments", "skins", "page", "get", "preview", "create", "download")
    world.claim(any(entry.status == 503 for entry in refused), "nobody was refused a log-in")
    world.claim(
        all(entry.seconds < REFUSED_S for entry in refused if entry.status == 503), "a refusal took its time"
    )
    world.claim(all(entry.acknowledged for entry in others), "somebody with a valid token was refused")
    world.claim(
        world.health.bad_after("auth", world.fault_began) < NOTICED_S, "no probe told that auth was dead"
    )
    world.claim(world.health.good(LIVE, 0, world.fault_ended), "the gateway looked dead")
    world.claim(
        world.health.good_after(READY, world.fault_ended) < NOTICED_S, "the gateway did not get ready again"
    )
