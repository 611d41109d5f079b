"""F. Idempotency keys: however often a request comes, whoever dies of it and however slow it is, it is one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from atelierkit.postgres.launcher import DATABASE
from tests.faults.experiments.gateway import TWO_OF_EACH
from tests.faults.harness import batches
from tests.faults.harness.batches import Batch
from tests.faults.harness.experiment import experiment
from tests.faults.harness.journal import Entry
from tests.faults.harness.stack import Plan
from tests.faults.harness.users import User
from tests.faults.harness.waiting import until
from tests.faults.harness.world import World

AT_ONCE = 50
ROWS = 5
SLOW_S = 2.5
"""Pause of one generator between a hold and its job's record."""
HOLD_AGE_S = 1
"""Age from which the reconciler takes a hold without a job for lost: shorter than that pause."""
SLOW_BATCHES = 6
"""Half of them begin at the slow one of two generators."""
IMPATIENT = Plan(
    replicas=TWO_OF_EACH.replicas,
    variables={**TWO_OF_EACH.variables, "ATELIER_GENERATOR_HOLD_AGE_S": str(HOLD_AGE_S)},
)


@experiment("F32", "one key, fifty times, across a gateway's death", plan=IMPATIENT, alert="ServiceRestarted")
async def one_key_many_times(world: World) -> None:
    """One job, one charge and one answer; another body is refused, and another person's request is another one.

    Then a generator is so slow that the reconciler gives its holds back before it records their jobs.
    """
    user, other = await world.newcomer(), await world.newcomer()
    batch = batches.drawn(user, world.random, rows=ROWS)
    async with world.fault():
        told = await _across_a_death(world, batch)
        await _is_one(world, batch, told)
        await _another_body(world, batch)
        await _another_person(world, replace(batch, owner=other, name=f"{batch.name}-too"), told)
        await _slower_than_the_reconciler(world)


async def _across_a_death(world: World, batch: Batch) -> list[Entry]:
    """Fifty clients send the same, and one of two gateways dies; gives the last answer of each."""
    before = len(world.journal)
    sending = asyncio.gather(
        *(batches.send_until_told(world.api, batch, again=True) for _ in range(AT_ONCE)),
    )
    # Somebody is at it: the first answers are there, most are not.
    await until(lambda: any(_is_told(entry) for entry in _of(world, batch, before)), world.api.deadline_s)
    world.stack.kill("gateway")
    open_then = sum(entry.answered is None for entry in _of(world, batch, before))
    world.claim(open_then > 0, "the gateway died when all had been answered")
    told = await sending
    await world.stack.start("gateway")
    return [*told, await batches.send_until_told(world.api, batch, again=True)]


def _of(world: World, batch: Batch, since: int) -> Sequence[Entry]:
    return [entry for entry in list(world.journal)[since:] if entry.intent.get("key") == batch.key]


def _is_told(entry: Entry) -> bool:
    return entry.acknowledged or entry.status == HTTPStatus.CONFLICT


async def _is_one(world: World, batch: Batch, told: Sequence[Entry]) -> None:
    for entry in told:
        world.claim(entry.acknowledged, f"a client was told {entry.status} {entry.answer} in the end")
    answers = {str(entry.answer) for entry in told if entry.acknowledged}
    world.claim(len(answers) == 1, f"{len(told)} clients were answered in {len(answers)} ways")
    jobs = await _asked(world, batch.owner, "jobs", "/v1/jobs")
    world.claim(len(jobs["data"]) == 1, f"{len(jobs['data'])} jobs")
    entries = await _asked(world, batch.owner, "statement", "/v1/credits/entries")
    reserved = [entry for entry in entries["data"] if entry["kind"] == "reserve"]
    world.claim([entry["change"] for entry in reserved] == [-ROWS], f"what was held for it: {reserved}")


async def _another_body(world: World, batch: Batch) -> None:
    other = replace(batch, name=f"{batch.name}-other", seed=batch.seed + 1)
    entry = await batches.send(world.api, other)
    mismatch = entry.status == HTTPStatus.UNPROCESSABLE_ENTITY
    world.claim(mismatch, f"another body under the key was answered {entry.status} {entry.answer}")


async def _another_person(world: World, batch: Batch, told: Sequence[Entry]) -> None:
    entry = await batches.send_until_told(world.api, batch)
    anew = entry.acknowledged and entry.answer["id"] not in {each.answer["id"] for each in told}
    world.claim(
        anew, f"another person's request under the same key was answered {entry.status} {entry.answer}"
    )


async def _slower_than_the_reconciler(world: World) -> None:
    """What is given back is never made; what is made is paid: the invariants count it."""
    world.stack.kill("generator")
    await world.stack.start("generator", failpoints=f"jobs.held=sleep:{SLOW_S}")
    people = [await world.newcomer() for _ in range(SLOW_BATCHES)]
    drawn = [batches.drawn(user, world.random, rows=1) for user in people]
    told = await asyncio.gather(*(batches.send_until_told(world.api, each) for each in drawn))
    for entry in told:
        world.claim(entry.acknowledged, f"a slow batch was answered {entry.status} {entry.answer} in the end")
    with world.stack.database.admin(DATABASE) as connection:
        [[given_up]] = connection.execute("SELECT count(*) FROM generator.given_up_jobs")
    world.claim(given_up > 0, "the reconciler came too late to be in the way")
    world.stack.kill("generator")
    await world.stack.start("generator")


async def _asked(world: World, user: User, operation: str, path: str) -> dict[str, Any]:
    _, answer = await world.api.ask(operation, "GET", path, user=user)
    assert answer is not None
    document: dict[str, Any] = answer.raise_for_status().json()
    return document
