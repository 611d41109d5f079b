"""The records of jobs in PostgreSQL, beside their twin in memory; and what only a real database can show."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from atelierkit.jobs import Rail
from services.generator.adapters.job_changes import JobChanges, listening
from services.generator.adapters.postgres import PostgresUnitOfWork
from services.generator.domain import jobs
from services.generator.domain.batch import Item, ItemState, Row
from services.generator.domain.jobs import Count, Failure, Job, Kind, Lane, State
from services.generator.domain.model import BodySpec, BodyType, Look, OutfitItem, Position, StoredFile
from services.generator.domain.ports import UnitsOfWork
from services.generator.domain.ports_jobs import Task
from tests.patience import PATIENCE_S
from tests.unit.generator.world import ANN, BOB

NOON = datetime(2031, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)
ROW = Row(
    BodySpec({"stature": 1680.25, "waist_girth": 820.5}, BodyType.NEUTRAL, seed=7, weight_kg=61.5, age=33.0),
    Look("tone-04", "bob", "#332211"),
    (OutfitItem("dress-ines", "M", "#aa0000"),),
    "=2+2, \N{GREEK SMALL LETTER ALPHA}",
)
FILE = StoredFile(f"jobs/{'a' * 64}", "a" * 64, "application/zip", 12)


def new(*, owner: str = ANN, minute: int = 0, **over) -> Job:
    job = Job(uuid4(), owner, Kind.AVATAR_BATCH, Lane.NORMAL, 1, 3, NOON + timedelta(minutes=minute))
    return replace(job, **over)


async def store(units: UnitsOfWork, *new_jobs: Job) -> None:
    async with units() as unit:
        for job in new_jobs:
            await unit.jobs.add(job)


def items(job: Job, count: int = 3) -> list[Item]:
    return [Item(job.id, index, replace(ROW, reference=str(index))) for index in range(count)]


async def test_a_job_comes_back_as_it_was_stored(units) -> None:
    job = new()
    await store(units, job)
    async with units() as unit:
        assert await unit.jobs.get(job.id, ANN) == job
        assert await unit.jobs.get(job.id) == job
        assert await unit.jobs.get(job.id, BOB) is None
        assert await unit.jobs.lock(job.id, BOB) is None
        assert await unit.jobs.get(uuid4()) is None


async def test_a_job_is_added_once(units) -> None:
    job = new()
    async with units() as unit:
        assert await unit.jobs.add(job)
    async with units() as unit:
        assert not await unit.jobs.add(replace(job, owner=BOB))
    async with units() as unit:
        assert await unit.jobs.get(job.id) == job


async def test_a_job_is_recorded_or_given_up_and_never_both(units) -> None:
    recorded, lost = new(), new()
    async with units() as unit:
        assert await unit.jobs.claim(recorded.id)
        assert await unit.jobs.add(recorded)
    for _ in range(2):
        async with units() as unit:
            assert not await unit.jobs.give_up(recorded.id)
            assert await unit.jobs.give_up(lost.id)
    async with units() as unit:
        assert not await unit.jobs.claim(lost.id)
        assert await unit.jobs.claim(recorded.id)


async def test_every_change_comes_back(units) -> None:
    job = new()
    await store(units, job)
    begun = jobs.begun(job, NOON + timedelta(seconds=1))
    failed = jobs.failed(begun, Count(1, 1), Failure("UNAVAILABLE", "away"), NOON + timedelta(seconds=2))
    for change in (begun, jobs.advanced(begun, Count(1)), failed):
        async with units() as unit:
            assert await unit.jobs.lock(job.id, ANN) is not None
            await unit.jobs.replace(change)
        async with units() as unit:
            assert await unit.jobs.get(job.id, ANN) == change


async def test_results_belong_to_their_job(units) -> None:
    begun = jobs.begun(new(), NOON)
    await store(units, begun)
    ended = jobs.completed(begun, Count(3), {"avatars.zip": FILE}, NOON)
    async with units() as unit:
        await unit.jobs.replace(ended)
        await unit.files.note(needed=[FILE])
    async with units() as unit:
        assert await unit.jobs.get(begun.id) == ended
        await unit.files.note(dropped=[FILE])
    async with units() as unit:
        assert await unit.files.claim_unused(10) == []


async def test_pages_of_a_persons_jobs_and_of_everybodys(units) -> None:
    anns = [new(minute=minute) for minute in range(4)]
    anns[1] = replace(anns[1], state=State.CANCELLED, ended_at=NOON)
    bobs = [new(owner=BOB, minute=9)]
    await store(units, *anns, *bobs)
    newest = anns[::-1]
    async with units() as unit:
        page = partial(unit.jobs.page, state=None, after=None)
        assert await page(owner=ANN, limit=10) == newest
        assert await page(owner=None, limit=10) == [*bobs, *newest]
        assert await page(owner=ANN, limit=2) == newest[:2]
        place = Position(newest[1].created_at, newest[1].id)
        assert await unit.jobs.page(owner=ANN, state=None, limit=2, after=place) == newest[2:]
        cancelled = partial(unit.jobs.page, state=State.CANCELLED, after=None, limit=5)
        assert await cancelled(owner=ANN) == await cancelled(owner=None) == [anns[1]]
        assert await cancelled(owner=BOB) == []


async def test_a_place_in_the_queue_counts_who_comes_before(units) -> None:
    waiting = [new(minute=minute) for minute in range(3)]
    urgent = [new(minute=7 + minute, lane=Lane.PRIORITY) for minute in range(2)]
    begun = new(minute=-1, state=State.PROCESSING, started_at=NOON)
    await store(units, *waiting, *urgent, begun)
    async with units() as unit:
        assert [await unit.jobs.position(job) for job in urgent] == [1, 2]
        assert [await unit.jobs.position(job) for job in waiting] == [3, 4, 5]


@pytest.mark.postgres
async def test_a_long_queue_is_counted_to_its_thousandth(postgres_units, engine) -> None:
    async with engine.begin() as connection:
        await connection.execute(sa.text(QUEUE))
    async with postgres_units() as unit:
        for number, position in ((998, 998), (1_000, 1_000), (1_002, 1_000)):
            job = await unit.jobs.get(UUID(int=number))
            assert job is not None
            assert await unit.jobs.position(job) == position


async def test_breakdowns_over_a_row_are_counted(units) -> None:
    job = new()
    await store(units, job)
    asked = items(job)
    async with units() as unit:
        await unit.items.add(asked)
    for count in (1, 2, 3):
        async with units() as unit:
            assert await unit.items.broke_down(asked[1]) == count
    async with units() as unit:
        pending = await unit.items.pending(job.id, 3)
    assert pending == [asked[0], replace(asked[1], breakdowns=3), asked[2]]


async def test_rows_come_back_in_their_order(units) -> None:
    job = new()
    await store(units, job)
    asked = items(job)
    async with units() as unit:
        await unit.items.add(asked)
        await unit.items.add([])
    async with units() as unit:
        assert await unit.items.pending(job.id, 2) == asked[:2]
        assert await unit.items.page(job.id, after=0, limit=9) == asked[1:]
        assert await unit.items.pending(uuid4(), 2) == []


async def test_what_came_of_a_row_is_stored_once(units) -> None:
    job = new()
    await store(units, job)
    asked = items(job)
    async with units() as unit:
        await unit.items.add(asked)
    made = replace(asked[0], state=ItemState.MADE)
    failed = replace(asked[1], state=ItemState.FAILED, failure=Failure("NOT_FOUND", "gone"))
    async with units() as unit:
        assert await unit.items.settle(made)
        assert await unit.items.settle(failed)
        assert not await unit.items.settle(replace(asked[0], state=ItemState.FAILED))
    async with units() as unit:
        assert await unit.items.page(job.id, after=-1, limit=9) == [made, failed, asked[2]]
        assert await unit.items.pending(job.id, 9) == [asked[2]]
        assert await unit.items.count(job.id) == Count(made=1, failed=1)


@pytest.mark.postgres
async def test_work_is_on_the_rail_with_its_record_or_not_at_all(postgres_units, engine) -> None:
    async def put(*, fail: bool) -> None:
        async with postgres_units() as unit:
            job = new()
            await unit.jobs.add(job)
            await unit.rail.put(Task.WORK, job.id, job.lane)
            if fail:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await put(fail=True)
    await put(fail=False)
    async with engine.connect() as connection:
        found = await connection.execute(sa.text("SELECT task_name, args->>'job' FROM procrastinate_jobs"))
        rows = found.all()
        recorded = (await connection.execute(sa.text("SELECT id::text FROM jobs"))).scalars().all()
    assert [(name, job) for name, job in rows] == [(Task.WORK.value, recorded[0])]
    assert len(recorded) == 1


@pytest.mark.postgres
async def test_a_locked_job_waits_for_whoever_has_it(postgres_units, engine) -> None:
    job = new()
    await store(postgres_units, job)

    async def seen() -> State:
        async with postgres_units() as unit:
            found = await unit.jobs.lock(job.id)
            assert found is not None
            state: State = found.state
            return state

    async with asyncio.timeout(PATIENCE_S), postgres_units() as unit:
        found = await unit.jobs.lock(job.id)
        assert found is not None
        waiting = asyncio.create_task(seen())
        while not await somebody_waits(engine):
            assert not waiting.done()
        await unit.jobs.replace(jobs.cancelled(found, Count(), NOON))
    assert await waiting is State.CANCELLED


@pytest.mark.postgres
@pytest.mark.parametrize("commits", [True, False])
@pytest.mark.parametrize("first", ["claim", "give_up"])
async def test_who_comes_second_waits_for_the_first_ones_end(postgres_units, engine, first, commits) -> None:
    """Neither sees what the other has not committed, so without the wait both would succeed."""
    job = new()

    async def claim(unit) -> bool:
        added: bool = await unit.jobs.claim(job.id) and await unit.jobs.add(job)
        return added

    async def give_up(unit) -> bool:
        given_up: bool = await unit.jobs.give_up(job.id)
        return given_up

    one, other = (claim, give_up) if first == "claim" else (give_up, claim)

    async def comes_second() -> bool:
        async with postgres_units() as unit:
            return await other(unit)

    async with asyncio.timeout(20):
        with suppress(ZeroDivisionError):
            async with postgres_units() as unit:
                assert await one(unit)
                second = asyncio.create_task(comes_second())
                while not await somebody_waits(engine):
                    assert not second.done()
                if not commits:
                    raise ZeroDivisionError
        assert await second is not commits


async def somebody_waits(engine) -> bool:
    """Whether a transaction of this database waits for a lock."""
    async with engine.connect() as connection:
        found = await connection.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        return bool(found)


@pytest.mark.postgres
async def test_a_watcher_hears_of_a_committed_change_and_of_no_other(postgres_units, engine) -> None:
    job = new()
    await store(postgres_units, job)
    changes = JobChanges(poll_s=3600)
    url = engine.url.render_as_string(hide_password=False)
    async with listening(url, changes), changes.of(job.id) as turns:
        await anext(turns)
        heard = asyncio.ensure_future(anext(turns))
        with suppress(ZeroDivisionError):
            async with postgres_units() as unit:
                await unit.jobs.replace(jobs.begun(job, NOON))
                raise ZeroDivisionError
        async with postgres_units() as unit:
            assert await unit.jobs.get(job.id) == job
        assert not heard.done()
        # The listener may still be on its way: whoever listens later hears of a later change.
        while not heard.done():
            async with postgres_units() as unit:
                await unit.jobs.replace(replace(job, revision=job.revision + 1))
            await asyncio.wait({heard}, timeout=0.2)
        await heard


async def test_a_watcher_looks_now_and_then_while_nobody_tells() -> None:
    changes = JobChanges(poll_s=0.01)
    async with changes.of(uuid4()) as turns:
        for _ in range(3):
            await asyncio.wait_for(anext(turns), PATIENCE_S)


PLANS = {
    "a person's newest": {"owner": "owner-7", "state": None},
    "a person's failed": {"owner": "owner-7", "state": State.FAILED},
    "everybody's newest": {"owner": None, "state": None},
    "everybody's failed": {"owner": None, "state": State.FAILED},
}


@pytest.mark.postgres
@pytest.mark.parametrize("asked", PLANS.values(), ids=PLANS.keys())
async def test_a_page_reads_what_it_shows_however_many_jobs_there_are(engine, asked) -> None:
    """20,000 jobs, 5,000 of them one person's: the plan walks an index and stops, and sorts nothing."""
    async with engine.begin() as connection:
        await connection.execute(sa.text(FILL))
        await connection.execute(sa.text("ANALYZE jobs"))
    plans: list[str] = []
    unit = PostgresUnitOfWork(engine, Rail("", schema="generator"))
    async with unit:
        original = unit.session.scalars

        async def explained(query, *given, **more):
            compiled = query.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True})
            explained_query = sa.text(f"EXPLAIN (ANALYZE, FORMAT TEXT) {compiled}".replace(":", r"\:"))
            plans.extend((await unit.session.execute(explained_query)).scalars())
            return await original(query, *given, **more)

        unit.session.scalars = explained  # type: ignore[method-assign, assignment]
        place = Position(NOON + timedelta(days=1), UUID(int=0))
        found = await unit.jobs.page(limit=21, after=place, **asked)
    assert len(found) == 21
    assert "Sort" not in "".join(plans)
    assert any("Index Scan" in line for line in plans)
    assert not [line for line in plans if "Rows Removed" in line]


QUEUE = """
INSERT INTO jobs (id, owner, kind, lane, price, total, made, failed, state, created_at, revision)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'ann', 'avatar_batch', 'normal', 1, 3, 0, 0, 'pending', now(), 1
FROM generate_series(1, 1002) AS n
"""
FILL = """
INSERT INTO jobs (id, owner, kind, lane, price, total, made, failed, state, created_at, ended_at, revision)
SELECT gen_random_uuid(), CASE WHEN n % 4 = 0 THEN 'owner-7' ELSE 'owner-' || n % 5000 END, 'avatar_batch', 'normal',
       1, 3, 3, 0, CASE WHEN n % 101 = 0 THEN 'failed' ELSE 'completed' END,
       timestamptz '2031-05-04 12:00Z' + n * interval '1 second', now(), 4
FROM generate_series(1, 20000) AS n
"""
