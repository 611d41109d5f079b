"""PostgreSQL and the twin give the same order, whatever is put and taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from atelierkit.jobs import Lane, MemoryRail, Rail
from atelierkit.jobs.running import Done
from atelierkit.jobs.schema import NOT_DUE
from atelierkit.jobs.track import Track

pytestmark = pytest.mark.postgres

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("lane", Lane)
async def test_a_lane_has_the_same_step_in_both(engine: AsyncEngine, lane: Lane) -> None:
    async with sql.UnitOfWork(engine) as unit:
        step = await unit.session.scalar(text("SELECT procrastinate_rail_step(:lane)"), {"lane": lane.value})
    assert step == lane.step


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.none(), st.lists(st.sampled_from(Lane), min_size=1, max_size=12)), max_size=30))
async def test_the_order_is_the_same(
    engine: AsyncEngine, rail: Rail, jobs: Track, steps: list[list[Lane] | None]
) -> None:
    """Jobs that are put in one transaction, by lane, and None where one is taken."""
    twin, worker = MemoryRail(), await jobs.enter()
    numbers: dict[int, int] = {}

    async def take() -> bool:
        taken, expected = await jobs.take(worker), twin.take(NOW)
        if taken is None or expected is None:
            assert taken is expected
            return False
        assert numbers[taken.run.job] == expected.run.job
        await jobs.end(worker, taken, Done())
        return True

    for step in steps:
        if step is None:
            await take()
            continue
        async with sql.UnitOfWork(engine) as unit:
            for lane in step:
                job = await rail.put(unit.session, "work", {}, lane=lane)
                numbers[job] = await twin.put(None, "work", {}, lane=lane)
    while await take():
        pass


async def test_jobs_that_become_due_take_their_place_behind_those_that_wait(
    engine: AsyncEngine, rail: Rail, jobs: Track
) -> None:
    worker, order = await jobs.enter(), {}
    soon = datetime.now(UTC) + timedelta(seconds=0.2)
    async with sql.UnitOfWork(engine) as unit:
        order["due"] = await rail.put(unit.session, "work", {}, at=soon)
        order["urgent"] = await rail.put(unit.session, "work", {}, lane=Lane.PRIORITY, at=soon)
        for name in ("first", "second"):
            order[name] = await rail.put(unit.session, "work", {})
    while (await jobs.waiting())[Lane.NORMAL][0] < 3:
        pass
    await jobs.promote()
    taken = [await jobs.take(worker) for _ in range(4)]
    assert [job.run.job for job in taken if job] == [
        order[name] for name in ("urgent", "first", "second", "due")
    ]
    assert await jobs.take(worker) is None


async def test_looking_for_the_next_job_uses_an_index(engine: AsyncEngine) -> None:
    """With a backlog of 10,000, and as many that are not due, a put and a take read a handful of pages."""
    fill = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, ready_at, scheduled_at)"
        " SELECT 'normal', 'work', -9 * n, now(), NULL FROM generate_series(1, 10000) n"
        " UNION ALL SELECT 'normal', 'work', :not_due, now() + interval '1 h', now() + interval '1 h'"
        " FROM generate_series(1, 10000)"
    )
    async with sql.UnitOfWork(engine) as unit:
        await unit.session.execute(text("ALTER TABLE procrastinate_jobs DISABLE TRIGGER USER"))
        await unit.session.execute(text(fill), {"not_due": NOT_DUE})
    async with sql.UnitOfWork(engine) as unit:
        await unit.session.execute(text("ANALYZE procrastinate_jobs"))
        for query in (
            "SELECT procrastinate_rail_tag('normal')",
            "SELECT procrastinate_rail_tag('priority')",
            "SELECT procrastinate_fetch_job_v2(NULL, NULL)",
        ):
            # The first call reads the catalogue as well.
            plans = [
                await unit.session.scalar(text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}"))
                for _ in range(2)
            ]
            plan = plans[-1]
            read = plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]
            assert read < 60, (query, read)
