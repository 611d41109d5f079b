"""Workers on PostgreSQL: what they run, when, and what becomes of a job that does not end well."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from atelierkit.errors import Unavailable
from atelierkit.jobs import Again, Cause, Lane, Pace, Rail, Retry, Run, this_run
from atelierkit.jobs.model import DEATHS, POISONED
from atelierkit.jobs.running import Done
from atelierkit.jobs.track import Track

pytestmark = pytest.mark.postgres

QUICK = Pace(heartbeat_s=0.05, stalled_after_s=60.0, poll_s=0.05, grace_s=5.0)
"""A busy machine may hold a worker up for seconds, which is no death here."""


@dataclass
class Diary:
    """What tasks were called with, and an event for the number that a test waits for."""

    awaited: int = 1
    calls: list[dict[str, Any]] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    full: asyncio.Event = field(default_factory=asyncio.Event)

    async def note(self, *cause: Cause, **arguments: Any) -> None:
        self.causes += cause
        self.calls.append(arguments)
        self.runs.append(this_run())
        if len(self.calls) >= self.awaited:
            self.full.set()


async def put(
    engine: AsyncEngine, rail: Rail, *arguments: dict[str, Any], name: str = "note", **how: Any
) -> None:
    async with sql.UnitOfWork(engine) as unit:
        for each in arguments:
            await rail.put(unit.session, name, each, **how)


async def left(engine: AsyncEngine) -> list[tuple[str, int, int, int]]:
    """Status, attempts, failures and deaths of every job that is kept."""
    async with sql.UnitOfWork(engine) as unit:
        found = await unit.session.execute(
            text("SELECT status::text, attempts, failures, deaths FROM procrastinate_jobs ORDER BY id")
        )
        return [tuple(row) for row in found]


async def test_a_job_runs_with_its_arguments_and_leaves_nothing(engine: AsyncEngine, rail: Rail) -> None:
    diary = Diary()
    rail.task("note")(diary.note)
    async with rail.working(1, QUICK):
        await put(engine, rail, {"who": "ada", "sizes_mm": [1, 2.5], "more": None})
        await diary.full.wait()
    assert diary.calls == [{"who": "ada", "sizes_mm": [1, 2.5], "more": None}]
    assert await left(engine) == []


async def test_a_transaction_that_rolls_back_leaves_no_job(engine: AsyncEngine, rail: Rail) -> None:
    async def failing() -> None:
        async with sql.UnitOfWork(engine) as unit:
            await rail.put(unit.session, "note", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await failing()
    assert await left(engine) == []
    await put(engine, rail, {})
    assert await left(engine) == [("todo", 0, 0, 0)]


async def test_failures_come_again_until_the_tries_are_used_up(engine: AsyncEngine, rail: Rail) -> None:
    tried, told = Diary(), Diary()

    async def fail(**arguments: Any) -> None:
        await tried.note(**arguments)
        raise (Unavailable("not now") if len(tried.calls) == 1 else RuntimeError("a bug"))

    rail.task("fail", retry=Retry(most=3, first_s=0.01), on_failed=told.note)(fail)
    async with rail.working(1, QUICK):
        await put(engine, rail, {"n": 1}, name="fail")
        await told.full.wait()
    assert [run.failures for run in tried.runs] == [0, 1, 2]
    assert (told.calls, told.causes) == ([{"n": 1}], [Cause("INTERNAL", "internal error")])
    assert await left(engine) == [("failed", 2, 2, 0)]


async def test_a_slice_that_went_well_wipes_the_slate(engine: AsyncEngine, rail: Rail) -> None:
    diary = Diary(awaited=5)

    async def slices() -> None:
        await diary.note()
        match len(diary.calls):
            case 1 | 3:
                raise RuntimeError("once in a while")
            case 5:
                return
            case _:
                raise Again

    rail.task("slices", retry=Retry(most=2, first_s=0.01))(slices)
    async with rail.working(1, QUICK):
        await put(engine, rail, {}, name="slices")
        await diary.full.wait()
    assert [(run.attempts, run.failures) for run in diary.runs] == [(0, 0), (1, 1), (2, 0), (3, 1), (4, 0)]
    assert await left(engine) == []


async def test_a_job_for_later_waits_until_then(engine: AsyncEngine, rail: Rail) -> None:
    diary = Diary(awaited=2)
    rail.task("note")(diary.note)
    soon = datetime.now(UTC) + timedelta(seconds=0.5)
    async with rail.working(2, QUICK):
        await put(engine, rail, {"n": "later"}, at=soon)
        await put(engine, rail, {"n": "past"}, at=soon - timedelta(hours=1))
        await diary.full.wait()
        assert datetime.now(UTC) >= soon
    assert [call["n"] for call in diary.calls] == ["past", "later"]


async def test_what_does_not_finish_in_time_is_handed_back(engine: AsyncEngine, rail: Rail) -> None:
    diary, begun = Diary(), asyncio.Event()

    async def hang() -> None:
        begun.set()
        await asyncio.Event().wait()

    rail.task("hang")(hang)
    async with rail.working(2, replace(QUICK, grace_s=0.1)):
        await put(engine, rail, {}, name="hang")
        await begun.wait()
    assert await left(engine) == [("todo", 0, 0, 0)]

    next_worker = Rail(rail._url, schema=rail._schema)
    next_worker.task("hang")(diary.note)
    async with next_worker.working(1, QUICK):
        await diary.full.wait()
    assert await left(engine) == []


async def test_what_finishes_in_time_is_waited_for(engine: AsyncEngine, rail: Rail) -> None:
    begun, go, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def careful() -> None:
        begun.set()
        await go.wait()
        ended.set()

    rail.task("careful")(careful)
    async with rail.working(1, QUICK):
        await put(engine, rail, {}, name="careful")
        await begun.wait()
        asyncio.get_running_loop().call_later(0.1, go.set)
    assert ended.is_set()
    assert await left(engine) == []


async def test_priority_comes_before_a_backlog(engine: AsyncEngine, rail: Rail) -> None:
    diary = Diary(awaited=21)
    rail.task("note")(diary.note)
    await put(engine, rail, *({"n": n} for n in range(20)))
    await put(engine, rail, {"n": "first"}, lane=Lane.PRIORITY)
    async with rail.working(1, QUICK):
        await diary.full.wait()
    assert [call["n"] for call in diary.calls] == ["first", *range(20)]


async def test_a_job_of_a_newer_release_waits_for_a_worker_that_knows_it(
    engine: AsyncEngine, rail: Rail
) -> None:
    diary = Diary()
    rail.task("note")(diary.note)
    await put(engine, rail, {}, name="unheard of")
    async with rail.working(1, QUICK):
        await put(engine, rail, {})
        await diary.full.wait()
    assert await left(engine) == [("todo", 1, 0, 0)]


async def test_a_periodic_job_is_put_once_for_all_workers(engine: AsyncEngine, rail: Rail) -> None:
    diary, other = Diary(), Rail(rail._url, schema=rail._schema)
    rail.task("tidy", every_s=86_400.0)(diary.note)
    other.task("tidy", every_s=86_400.0)(diary.note)
    last = Diary()
    rail.task("last")(last.note)
    other.task("last")(last.note)
    async with rail.working(1, QUICK), other.working(1, QUICK):
        await diary.full.wait()
        await put(engine, rail, {}, name="last")
        await last.full.wait()
    async with other.working(1, QUICK):
        pass
    assert diary.calls == [{}]
    assert await left(engine) == []


async def test_a_periodic_job_that_waits_or_runs_is_not_put_again(engine: AsyncEngine, jobs: Track) -> None:
    every_s = 1e-6  # another period at each look
    worker = await jobs.enter()
    for _ in range(3):
        await jobs.put_periodic("tidy", every_s)
    assert await left(engine) == [("todo", 0, 0, 0)]
    job = await jobs.take(worker)
    assert job is not None
    await jobs.put_periodic("tidy", every_s)
    assert await left(engine) == [("doing", 0, 0, 0)]
    assert await jobs.end(worker, job, Done())
    await jobs.put_periodic("tidy", every_s)
    assert await left(engine) == [("todo", 0, 0, 0)]


async def test_a_worker_outlives_its_connections(engine: AsyncEngine, rail: Rail) -> None:
    """What runs goes on, its end is written down afterwards, and news are heard again."""
    begun, go, diary = asyncio.Event(), asyncio.Event(), Diary()

    async def careful() -> None:
        begun.set()
        await go.wait()

    rail.task("careful")(careful)
    rail.task("note")(diary.note)
    async with rail.working(1, QUICK):
        await put(engine, rail, {}, name="careful")
        await begun.wait()
        async with sql.UnitOfWork(engine) as unit:
            ended = await unit.session.scalar(
                text(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE application_name = 'atelier-generator-worker' AND datname = current_database()"
                )
            )
        assert ended >= 2
        go.set()
        await put(engine, rail, {"n": 1})
        await diary.full.wait()
    assert await left(engine) == []


async def test_the_end_of_a_poisonous_job_is_told_until_somebody_heard_it(
    engine: AsyncEngine, rail: Rail, jobs: Track
) -> None:
    told = Diary(awaited=2)

    async def hear(cause: Cause, *, n: int) -> None:
        told.calls.append({"n": n})
        told.causes.append(cause)
        if len(told.calls) < told.awaited:
            raise Unavailable("not now")
        told.full.set()

    rail.task("note", on_poisoned=hear)(Diary().note)
    await put(engine, rail, {"n": 1})
    for _ in range(DEATHS):
        await jobs.rescue(await jobs.enter(), 60.0)
        doomed = await jobs.enter()
        assert await jobs.take(doomed) is not None
        await jobs.leave(doomed)
    async with rail.working(1, QUICK):
        await told.full.wait()
    assert (told.calls, told.causes) == ([{"n": 1}] * 2, [POISONED] * 2)
    assert await left(engine) == [("failed", 0, 0, DEATHS)]
