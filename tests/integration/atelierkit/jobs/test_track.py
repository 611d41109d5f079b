"""Who has a job, and who may say how it ended."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from atelierkit.jobs import Rail
from atelierkit.jobs.model import Job
from atelierkit.jobs.running import Back, Done, Failed, HandedBack
from atelierkit.jobs.track import Track

pytestmark = pytest.mark.postgres

PATIENCE_S = 60.0


@pytest.fixture
async def worker(jobs: Track) -> int:
    return await jobs.enter()


async def put(engine: AsyncEngine, rail: Rail) -> int:
    async with sql.UnitOfWork(engine) as unit:
        return await rail.put(unit.session, "work", {})


async def test_a_worker_that_signed_off_leaves_its_jobs_to_others(
    engine: AsyncEngine, rail: Rail, jobs: Track, worker: int
) -> None:
    number, other = await put(engine, rail), await jobs.enter()
    assert await jobs.take(worker) is not None
    assert await jobs.rescue(other, PATIENCE_S) == (0, [])
    await jobs.leave(worker)
    assert await jobs.beat(worker) is False
    assert await jobs.rescue(other, PATIENCE_S) == (1, [])
    taken = await jobs.take(other)
    assert taken is not None
    assert taken.run.job == number


async def test_the_third_death_gives_a_job_to_whoever_ends_it(
    engine: AsyncEngine, rail: Rail, jobs: Track, worker: int
) -> None:
    number = await put(engine, rail)
    poisoned: Sequence[Job] = ()
    for death in (1, 2, 3):
        doomed = await jobs.enter()
        assert await jobs.take(doomed) is not None
        await jobs.leave(doomed)
        rescued, poisoned = await jobs.rescue(worker, PATIENCE_S)
        assert rescued == 1
        assert [job.run.job for job in poisoned] == ([number] if death == 3 else [])
    assert await jobs.take(worker) is None
    assert await jobs.end(worker, poisoned[0], Failed())
    assert await jobs.rescue(worker, PATIENCE_S) == (0, [])


async def test_a_slice_that_went_well_forgives_deaths(
    engine: AsyncEngine, rail: Rail, jobs: Track, worker: int
) -> None:
    await put(engine, rail)
    for _ in range(4):
        doomed = await jobs.enter()
        await jobs.take(doomed)
        await jobs.leave(doomed)
        assert await jobs.rescue(worker, PATIENCE_S) == (1, [])
        job = await jobs.take(worker)
        assert job is not None
        assert await jobs.end(worker, job, Back(0.0, 0, well=True))


@pytest.mark.parametrize("ending", [Done(), Failed(), HandedBack(), Back(0.0, 1)], ids=str)
async def test_only_whoever_has_a_job_says_how_it_ended(
    engine: AsyncEngine, rail: Rail, jobs: Track, worker: int, ending: Done
) -> None:
    await put(engine, rail)
    other = await jobs.enter()
    job = await jobs.take(worker)
    assert job is not None
    assert not await jobs.end(other, job, ending)
    assert await jobs.end(worker, job, ending)
    assert not await jobs.end(worker, job, ending)


async def test_a_job_that_failed_is_kept_for_a_week(
    engine: AsyncEngine, rail: Rail, jobs: Track, worker: int
) -> None:
    numbers = []
    for _ in range(2):
        numbers.append(await put(engine, rail))
        job = await jobs.take(worker)
        assert job is not None
        await jobs.end(worker, job, Failed())
    await put(engine, rail)
    age = "UPDATE procrastinate_jobs SET ready_at = now() - interval '8 days' WHERE id <> :younger"
    async with sql.UnitOfWork(engine) as unit:
        await unit.session.execute(text(age), {"younger": numbers[-1]})
    await jobs.forget()
    async with sql.UnitOfWork(engine) as unit:
        left = await unit.session.scalars(text("SELECT status::text FROM procrastinate_jobs ORDER BY id"))
        assert list(left) == ["failed", "todo"]
