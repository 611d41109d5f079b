"""D. The inference server."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from tests.faults.experiments.claims import grown, others_go_on
from tests.faults.harness.experiment import experiment
from tests.faults.harness.inference import InferenceServer
from tests.faults.harness.journal import Entry
from tests.faults.harness.stack import Plan
from tests.faults.harness.world import World

NEEDS_INFERENCE = ("preview", "create")
USUAL_S = 0.08
"""Time of one inference on the server of these experiments."""
INFER_TIMEOUT_S = 0.5
"""The generator waits no longer; ten times the usual is more."""
FOUND_AGAIN_S = 3.0
"""The gateway finds the generator again within this time of its start."""
BACK_S = 5.0
"""Inferences succeed again within this time, with nothing started anew; half of what the plan allows."""
MOST_ATTEMPTS = 1.5
"""Attempts for each inference that is asked for, on average."""
LEAST_GOOD = 0.97
SAMPLE = 240
"""Previews by which shares are judged, beside those of the load: four attempts lose 0.8 % where 30 % fail, and chance
makes that more than 3 % of so many once in a thousand times."""
AT_A_TIME = 3
ON_A_SERVER = Plan(inference=True, variables={"ATELIER_GENERATOR_INFER_TIMEOUT_S": str(INFER_TIMEOUT_S)})


@experiment("F22", "inference takes ten times as long", plan=ON_A_SERVER, alert="InferenceFails")
async def inference_is_slow(world: World) -> None:
    """Nobody waits longer than the generator does, the server is not flooded, and other routes do not feel it."""
    server = _server(world)
    server.fake.service_s = USUAL_S
    await world.under_load(0.5)
    async with world.fault():
        server.fake.service_s = 10 * USUAL_S
        await world.under_load(2)
        server.fake.service_s = USUAL_S
    met = [entry for entry in world.during(*NEEDS_INFERENCE) if not entry.acknowledged]
    world.claim(bool(met), "nobody noticed the fault")
    for entry in met:
        told = entry.status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
        world.claim(told, f"{entry.operation} was answered {entry.status}")
    others_go_on(world, NEEDS_INFERENCE)
    quick = ("garments", "skins", "account", "page")
    world.claim(grown(world, *quick), "catalogue and accounts became slower")


@experiment(
    "F23",
    "the inference server is away at the start, then has no model",
    plan=ON_A_SERVER,
    alert="InferenceFails",
)
async def inference_is_away(world: World) -> None:
    """The generator starts without it and serves what needs no network; it finds it by itself when it is there."""
    server = _server(world)
    async with world.fault():
        await server.stop()
        world.stack.kill("generator")
        await world.stack.start("generator")
        started = world.journal.now + FOUND_AGAIN_S
        await world.under_load(0.5)
        await server.start(seed=server.fake.seed)
        server.fake.ready = False
        await world.under_load(0.5)
        server.fake.ready = True
    for entry in world.during():
        over = entry.answered is None or entry.answered > world.fault_ended
        if entry.sent < started or over or entry.operation == "change":
            continue
        if entry.operation in NEEDS_INFERENCE:
            away = entry.status == HTTPStatus.SERVICE_UNAVAILABLE
            world.claim(away, f"{entry.operation} was answered {entry.status}")
        else:
            world.claim(entry.good, f"{entry.operation} was answered {entry.status}")
    late = [
        entry
        for entry in world.failed_after(world.fault_ended + BACK_S)
        if entry.operation in NEEDS_INFERENCE
    ]
    world.claim(not late, f"{len(late)} inferences failed {BACK_S:g} s after the server was ready")


@experiment("F24", "30 % of the inferences fail, then all", plan=ON_A_SERVER, alert="InferenceFails")
async def inference_fails_often(world: World) -> None:
    """Repeating hides most failures, at a bounded price; when everything fails the budget ends the repeating."""
    server = _server(world)
    async with world.fault():
        server.fake.error_ratio = 0.3
        asked, good = await _sampled(world, server)
        world.claim(good >= LEAST_GOOD, f"only {good:.1%} succeeded at 30 % errors")
        world.claim(asked <= MOST_ATTEMPTS, f"{asked:.2f} attempts an inference at 30 % errors")
        server.fake.error_ratio = 1.0
        asked, good = await _sampled(world, server)
        world.claim(good == 0.0, "an inference succeeded where all fail")
        world.claim(asked <= MOST_ATTEMPTS, f"{asked:.2f} attempts an inference in a total outage")
        server.fake.error_ratio = 0.0
    others_go_on(world, NEEDS_INFERENCE)


async def _sampled(world: World, server: InferenceServer) -> tuple[float, float]:
    """Attempts an inference, and the share of previews that succeeded, over a sample; the load's are counted too."""
    begin, attempts = world.journal.now, server.fake.counts.attempts
    places = asyncio.Semaphore(AT_A_TIME)

    async def preview() -> Entry:
        async with places:
            person = {"bodyType": "neutral", "seed": world.random.randint(0, 9999)}
            user = world.random.choice(world.users)
            entry, _ = await world.api.ask("preview", "POST", "/v1/avatars/preview", user=user, json=person)
            return entry

    sample = await asyncio.gather(*(preview() for _ in range(SAMPLE)))
    asked = [
        entry
        for entry in world.journal.between(begin, world.journal.now)
        if entry.operation in NEEDS_INFERENCE
    ]
    return (
        (server.fake.counts.attempts - attempts) / len(asked),
        sum(entry.acknowledged for entry in sample) / len(sample),
    )


def _server(world: World) -> InferenceServer:
    assert world.inference is not None
    return world.inference
