"""Generations in memory while neighbours are away, workers are cut off, and two of them do the same."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from uuid import uuid4

import pytest

from atelierkit import failpoints
from atelierkit.errors import Unavailable
from atelierkit.failpoints import FailpointHit
from atelierkit.jobs.model import POISONED
from services.generator.domain.errors import (
    MesherBrokeDown,
)
from services.generator.domain.jobs import State
from services.generator.domain.ports_jobs import Task
from services.generator.use_cases.job_work import POISONED as BROKE_DOWN
from tests.unit.generator.factory import Factory
from tests.unit.generator.studio import Studio
from tests.unit.generator.test_batch_faults import CutOff
from tests.unit.generator.world import ANN


async def test_a_neighbour_that_is_away_for_a_while_costs_only_time(studio: Studio) -> None:
    failures = iter([True, True, True])

    async def away() -> None:
        if next(failures, False):
            raise Unavailable("the mesher does not answer")

    studio.world.mesher.before_answer = away
    accepted = await studio.one()
    for _ in range(5):
        await studio.factory.work()
        studio.world.clock.advance(minutes=1)
    assert (await studio.now(accepted)).job.state is State.COMPLETED


async def test_one_that_breaks_the_mesher_is_given_up_and_the_others_are_not(studio: Studio) -> None:
    async def break_down() -> None:
        raise MesherBrokeDown

    [accepted] = await studio.accepted()
    studio.world.mesher.before_answer = break_down
    for _ in range(10):
        await studio.factory.work()
        studio.world.clock.advance(minutes=1)
    failed = (await studio.now(accepted)).job
    assert (failed.state, failed.failure) == (State.FAILED, BROKE_DOWN)
    assert (studio.world.ledger.held, studio.keys) == ({}, [])


async def test_a_job_that_kills_its_workers_is_given_up_as_poisoned(studio: Studio) -> None:
    accepted = await studio.one()
    await studio.world.rail.by_name[Task.GENERATION].give_up({"job": str(accepted.id)}, POISONED)
    await studio.factory.work()
    failed = (await studio.now(accepted)).job
    assert failed.failure is not None
    assert (failed.state, failed.failure.reason, studio.keys) == (State.FAILED, "JOB_POISONED", [])


async def test_the_reconciler_gives_back_what_no_job_was_recorded_for(studio: Studio, armed) -> None:
    studio.world.ledger.balance = 10
    armed("jobs.held=raise")
    with pytest.raises(FailpointHit):
        await studio.accepted("contrapposto", "seated")
    armed("")
    assert (studio.world.ledger.balance, studio.keys) == (0, [])
    assert await studio.factory.reconcile() == (2, 0)
    assert studio.world.ledger.balance == 10


PLACES = [
    "jobs.held",
    "jobs.put",
    "jobs.recorded",
    "work.leased",
    "faces.read",
    "faces.picture_stored",
    "faces.built",
    "faces.geometry_stored",
    "generations.portrait_kept",
    "generator.inferred",
    "generations.drawn",
    "work.completed",
    "jobs.captured",
    "jobs.announced",
]


@pytest.mark.parametrize("place", PLACES)
async def test_being_cut_off_anywhere_costs_nothing_but_time(studio: Studio, monkeypatch, place) -> None:
    world, request = studio.world, uuid4()
    world.ledger.balance = 10
    cut_off = CutOff(place)
    monkeypatch.setattr(failpoints, "reach", cut_off)
    poses = ("contrapposto", "seated")
    with suppress(asyncio.CancelledError):
        await studio.accepted(*poses, request=request)
    accepted = await studio.accepted(*poses, request=request)
    for _ in range(3):
        await studio.factory.work()
        world.clock.advance(minutes=1)
    assert cut_off.hits == 1
    done = [await studio.now(each) for each in accepted]
    assert [each.job.state for each in done] == [State.COMPLETED] * 2
    assert (world.ledger.balance, world.ledger.held) == (0, {})
    assert world.ledger.paid == {each.id: 5 for each in done}
    assert {ended.id for ended in studio.factory.mailbox.ended_jobs} == {each.id for each in done}
    assert set(studio.keys) == {each.picture.key for each in done if each.picture}


async def test_a_deletion_that_is_cut_off_is_done_by_the_next_sweep(studio: Studio, armed) -> None:
    accepted = await studio.one()
    await studio.factory.work()
    armed("generations.deleted=raise")
    with pytest.raises(FailpointHit):
        await studio.delete(ANN, accepted.id)
    armed("")
    assert len(studio.keys) == 1
    await studio.world.clear_faces()
    assert studio.keys == []


async def test_two_workers_at_the_same_job_draw_one_picture(studio: Studio) -> None:
    accepted = await studio.one()
    overtaken = False

    async def let_another_one_pass() -> None:
        nonlocal overtaken
        if studio.world.mesher.pictures and not overtaken:
            overtaken = True
            await studio.factory.tasks.generations(accepted.id)

    studio.world.mesher.before_answer = let_another_one_pass
    await studio.factory.work()
    done = await studio.now(accepted)
    assert (done.job.state, overtaken) == (State.COMPLETED, True)
    assert studio.keys == [done.picture.key if done.picture else ""]
    assert studio.world.ledger.paid == {accepted.id: 5}


async def test_two_processes_that_make_one_portrait_keep_the_first(studio: Studio) -> None:
    first, second = await studio.accepted("contrapposto", "seated")
    other = Factory(studio.world)
    overtaken = False

    async def let_another_one_pass() -> None:
        nonlocal overtaken
        if not overtaken:
            overtaken = True
            await other.tasks.generations(second.id)

    studio.world.mesher.before_answer = let_another_one_pass
    await studio.factory.tasks.generations(first.id)
    await studio.factory.work()
    done = [await studio.now(each) for each in (first, second)]
    assert [each.job.state for each in done] == [State.COMPLETED] * 2
    assert studio.world.reader.reads == 2
    faces = {json.loads(await studio.told(each))[1] for each in done}
    assert len(faces) == 1
    assert set(studio.keys) == {each.picture.key for each in done if each.picture}


async def test_jobs_of_a_batch_that_run_together_make_one_portrait(studio: Studio) -> None:
    accepted = await studio.accepted("contrapposto", "seated", "bent-elbow")
    await asyncio.gather(*(studio.factory.tasks.generations(each.id) for each in accepted))
    assert studio.world.reader.reads == 1
