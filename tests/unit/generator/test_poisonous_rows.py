"""A row over which the mesher breaks down costs itself alone; a mesher that breaks down by chance costs nothing."""

from __future__ import annotations

import json

import pytest

from atelierkit.errors import Unavailable
from services.generator.domain.batch import DOCUMENT, ItemState
from services.generator.domain.errors import MesherBrokeDown
from services.generator.domain.jobs import Count, Job, State
from tests.unit.generator.factory import rows
from tests.unit.generator.world import ANN

POISON_MM = 1601.0
"""Stature of the second row."""


def breaking_down(factory, times: int, error: Unavailable | None = None) -> None:
    """The mesher fails so often at the second row."""
    make, left = factory.world.mesher.build, [error or MesherBrokeDown()] * times

    async def build(person, wardrobe, options):
        if left and person.targets[0].value_mm == POISON_MM:
            raise left.pop()
        return await make(person, wardrobe, options)

    factory.world.mesher.build = build


async def worked(factory, count: int = 3) -> Job:
    """A batch, once a worker had all the time it wants."""
    accepted, _ = await factory.accept(ANN, rows(count))
    for _ in range(20):
        await factory.work()
        factory.world.clock.advance(minutes=1)
    job: Job = await factory.job(accepted.id)
    return job


async def test_a_row_that_breaks_the_mesher_three_times_fails_and_the_others_are_made(factory) -> None:
    factory.world.ledger.balance = 12
    breaking_down(factory, times=100)
    job = await worked(factory, count=12)
    assert (job.state, job.count) == (State.COMPLETED, Count(made=11, failed=1))
    assert factory.world.ledger.balance == 1
    told = json.loads((await factory.results(job))[DOCUMENT])["rows"]
    assert [line["state"] for line in told] == ["made", "failed"] + ["made"] * 10
    assert told[1]["reason"] == "row_poisoned"
    async with factory.world.units() as unit:
        row = (await unit.items.page(job.id, after=0, limit=1))[0]
    assert row.state is ItemState.FAILED


@pytest.mark.parametrize("times", [1, 2])
async def test_a_row_is_tried_again_after_a_breakdown(factory, times: int) -> None:
    breaking_down(factory, times)
    job = await worked(factory)
    assert (job.state, job.count) == (State.COMPLETED, Count(made=3))


async def test_a_mesher_that_is_away_is_no_fault_of_the_row(factory) -> None:
    breaking_down(factory, times=11, error=Unavailable("the mesher does not answer"))
    job = await worked(factory)
    assert (job.state, job.count) == (State.COMPLETED, Count(made=3))
