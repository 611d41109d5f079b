"""Batches in memory while neighbours are away, workers are cut off, and settling is late."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import uuid4

import pytest

from atelierkit import failpoints
from atelierkit.errors import AppError, Overloaded, Unavailable
from atelierkit.failpoints import FailpointHit
from atelierkit.jobs.model import POISONED
from services.generator.domain.jobs import Count, Failure, State
from services.generator.domain.model import BodySpec, BodyType, OutfitItem
from services.generator.domain.ports_jobs import Task
from tests.unit.generator.factory import rows
from tests.unit.generator.world import ANN

NOBODY = BodySpec({"stature": 1700.0, "waist_girth": 1850.0, "hip_girth": 850.0}, BodyType.FEMININE)
UNKNOWN = (OutfitItem("no-such-garment", "M"),)


async def test_a_neighbour_that_is_away_for_a_while_costs_only_time(factory) -> None:
    accepted, _ = await factory.accept(ANN, rows(12))
    failures = iter([True, True])

    async def away() -> None:
        if factory.world.mesher.builds >= 5 and next(failures, False):
            raise Unavailable("the mesher does not answer")

    factory.world.mesher.before_answer = away
    for _ in range(4):
        await factory.work()
        factory.world.clock.advance(minutes=1)
    job = await factory.job(accepted.id)
    assert (job.state, job.count) == (State.COMPLETED, Count(made=12))
    assert len(await factory.world.kept()) == 12


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (Unavailable("the mesher does not answer"), "UNAVAILABLE"),
        (Overloaded("the mesher is too busy"), "OVERLOADED"),
    ],
    ids=["away", "busy"],
)
async def test_a_neighbour_that_stays_away_fails_the_job_and_gives_the_rest_back(
    factory, last: AppError, reason: str
) -> None:
    factory.world.ledger.balance = 9

    async def away() -> None:
        if factory.world.mesher.builds > 4:
            raise last

    factory.world.mesher.before_answer = away
    accepted, _ = await factory.accept(ANN, rows(9))
    for _ in range(20):
        await factory.work()
        factory.world.clock.advance(minutes=1)
    job = await factory.job(accepted.id)
    assert (job.state, job.count) == (State.FAILED, Count(made=4))
    assert job.failure == Failure(reason, last.message)
    assert factory.world.ledger.balance == 5
    assert factory.mailbox.ended_jobs == [job]


async def test_a_job_that_kills_its_workers_is_given_up_as_poisoned(factory) -> None:
    accepted, _ = await factory.accept(ANN, rows(2))
    task = factory.world.rail.by_name[Task.WORK]
    await task.give_up({"job": str(accepted.id)}, POISONED)
    await factory.work()
    job = await factory.job(accepted.id)
    assert job.failure is not None
    assert (job.state, job.failure.reason) == (State.FAILED, "JOB_POISONED")
    assert factory.world.ledger.held == {}
    assert factory.world.mesher.builds == 0


async def test_a_job_whose_owner_is_gone_fails_at_once(factory) -> None:
    accepted, _ = await factory.accept(ANN, rows(2))
    factory.ghosts.gone.add(ANN)
    await factory.work()
    job = await factory.job(accepted.id)
    assert job.failure is not None
    assert (job.state, job.failure.reason) == (State.FAILED, "NOT_FOUND")
    assert factory.world.ledger.held == {}


async def test_settling_waits_for_a_ledger_that_is_away(factory) -> None:
    factory.world.ledger.balance = 2
    factory.world.ledger.error = Unavailable("auth does not answer")
    accepted, _ = await factory.accept(ANN, rows(2))
    await factory.work()
    assert (await factory.job(accepted.id)).state is State.COMPLETED
    assert factory.world.ledger.held == {accepted.id: 2}
    factory.world.ledger.error = None
    factory.world.clock.advance(minutes=10)
    await factory.work()
    assert factory.world.ledger.paid == {accepted.id: 2}


async def test_the_reconciler_gives_back_what_no_job_was_recorded_for(factory, armed) -> None:
    factory.world.ledger.balance = 3
    armed("jobs.held=raise")
    with pytest.raises(FailpointHit):
        await factory.accept(ANN, rows(3))
    armed("")
    assert factory.world.ledger.balance == 0
    assert await factory.reconcile() == (1, 0)
    assert factory.world.ledger.balance == 3
    assert await factory.reconcile() == (0, 0)


async def test_the_reconciler_settles_what_ended_and_leaves_what_is_under_way(factory) -> None:
    ended, _ = await factory.accept(ANN, rows(2))
    factory.world.ledger.error = Unavailable("auth does not answer")
    for _ in range(50):
        await factory.work()
        factory.world.clock.advance(hours=1)
    assert [job.run.name for job in factory.world.rail.failed] == [Task.SETTLE]
    factory.world.ledger.error = None
    under_way, _ = await factory.accept(ANN, rows(1))
    assert await factory.reconcile() == (0, 1)
    assert factory.world.ledger.paid == {ended.id: 2}
    assert factory.world.ledger.held == {under_way.id: 1}


PLACES = [
    "jobs.held",
    "jobs.put",
    "jobs.recorded",
    "jobs.leased",
    "generator.built",
    "generator.points_stored",
    "generator.recorded",
    "jobs.row_settled",
    "jobs.progressed",
    "jobs.collected",
    "jobs.result_stored",
    "jobs.completed",
    "jobs.captured",
    "jobs.announced",
]


class CutOff:
    """Stands in for ``failpoints.reach``: what passes a place is cut off there, once, as by the end of its process."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.hits = 0

    async def __call__(self, name: str) -> None:
        if name == self.place and self.hits == 0:
            self.hits += 1
            raise asyncio.CancelledError


@pytest.mark.parametrize("place", PLACES)
async def test_being_cut_off_anywhere_costs_nothing_but_time(factory, monkeypatch, place) -> None:
    factory.world.ledger.balance = 12
    request = uuid4()
    cut_off = CutOff(place)
    monkeypatch.setattr(failpoints, "reach", cut_off)
    with suppress(asyncio.CancelledError):
        await factory.accept(ANN, rows(12), request)
    accepted, _ = await factory.accept(ANN, rows(12), request)
    await factory.work()
    assert cut_off.hits == 1
    job = await factory.job(accepted.id)
    assert (job.state, job.count) == (State.COMPLETED, Count(made=12))
    assert len((await factory.list(ANN, 10, None)).jobs) == 1
    assert (factory.world.ledger.held, factory.world.ledger.paid) == ({}, {job.id: 12})
    kept = await factory.world.kept()
    assert len(kept) == 12
    assert {ended.id for ended in factory.mailbox.ended_jobs} == {job.id}
    files = {file.key for avatar in kept for file in avatar.files.all()}
    assert set(factory.world.blobs.keys) == files | {file.key for file in job.results.values()}


@pytest.mark.parametrize("slices", [1, 2])
async def test_two_workers_at_the_same_batch_make_each_avatar_once(factory, slices) -> None:
    """One is overtaken in its first row, by a part of the batch or by all of it."""
    accepted, _ = await factory.accept(ANN, rows(12))
    overtaken = False

    async def let_another_one_pass() -> None:
        nonlocal overtaken
        if not overtaken:
            overtaken = True
            for _ in range(slices):
                await factory.tasks.work(accepted.id)
            factory.world.clock.advance(hours=1)

    begun_at = factory.world.clock()
    factory.world.mesher.before_answer = let_another_one_pass
    await factory.work()
    job = await factory.job(accepted.id)
    assert (job.state, job.count) == (State.COMPLETED, Count(made=12))
    kept = await factory.world.kept()
    assert len(kept) == 12
    # The one that was overtaken has replaced nothing.
    assert [avatar.created_at for avatar in kept].count(begun_at) == min(12, 10 * slices)
    files = {file.key for avatar in kept for file in avatar.files.all()}
    assert set(factory.world.blobs.keys) == files | {file.key for file in job.results.values()}
