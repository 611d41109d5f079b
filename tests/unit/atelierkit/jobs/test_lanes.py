"""Lanes share by weight: whatever comes and goes, nobody starves and no hand is idle while somebody waits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelierkit.jobs import Lane, MemoryRail

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = st.lists(st.sampled_from([*Lane, None]), max_size=300)
"""Jobs that are put, by lane, and None where one is taken."""


class Line:
    """A rail that remembers when each of its jobs was put and taken."""

    def __init__(self) -> None:
        self.rail = MemoryRail()
        self.lane: dict[int, Lane] = {}
        self.put: list[int] = []
        self.taken: list[int] = []

    @property
    def waiting(self) -> dict[Lane, int]:
        left = set(self.put) - set(self.taken)
        return {lane: sum(self.lane[job] is lane for job in left) for lane in Lane}

    async def add(self, lane: Lane) -> int:
        job = await self.rail.put(None, "work", {}, lane=lane)
        self.lane[job] = lane
        self.put.append(job)
        return job

    def take(self) -> Lane | None:
        job = self.rail.take(NOW)
        if job is None:
            return None
        self.taken.append(job.run.job)
        return self.lane[job.run.job]


async def played(steps: list[Lane | None]) -> tuple[Line, dict[int, int]]:
    """The line after the steps and until it is empty, and how many of its own lane waited before each job."""
    line, before = Line(), {}
    for step in steps:
        if step is None:
            line.take()
        else:
            ahead = line.waiting[step]
            before[await line.add(step)] = ahead
    while line.take():
        pass
    return line, before


@given(STEPS)
async def test_a_lane_keeps_its_order_and_no_job_is_lost(steps: list[Lane | None]) -> None:
    line, _ = await played(steps)
    for lane in Lane:
        own = [job for job in line.taken if line.lane[job] is lane]
        assert own == [job for job in line.put if line.lane[job] is lane]


@given(STEPS)
async def test_somebody_is_taken_whenever_somebody_waits(steps: list[Lane | None]) -> None:
    line = Line()
    for step in steps:
        if step is None:
            some = any(line.waiting.values())
            assert (line.take() is not None) == some
        else:
            await line.add(step)


@given(STEPS)
async def test_nobody_is_overtaken_without_end(steps: list[Lane | None]) -> None:
    line, before = await played(steps)
    turn = {job: place for place, job in enumerate(line.taken)}
    for job, ahead in before.items():
        lane = line.lane[job]
        later = [other for other in line.put if other > job and line.lane[other] is not lane]
        overtook = sum(turn[other] < turn[job] for other in later)
        # Nine priority jobs a normal one, and a normal one to nine priority jobs, with the one at the edge.
        most = 9 * (ahead + 1) if lane is Lane.NORMAL else (ahead + 1) // 9 + 1
        assert overtook <= most


@given(st.lists(st.integers(0, 3), min_size=20, max_size=60), st.integers(1, 40))
async def test_a_backlog_of_both_is_shared_nine_to_one(refills: list[int], first: int) -> None:
    line = Line()
    for lane in [Lane.NORMAL] * first + [Lane.PRIORITY] * 40 + [Lane.NORMAL] * 40:
        await line.add(lane)
    turns = []
    for refill in refills:
        for lane in Lane:
            for _ in range(refill):
                await line.add(lane)
        if not all(line.waiting.values()):
            break
        turns.append(line.take())
    normal = turns.count(Lane.NORMAL)
    assert abs(normal - len(turns) / 10) <= 1


@pytest.mark.parametrize("lane", Lane)
async def test_one_lane_alone_gets_all(lane: Lane) -> None:
    line = Line()
    for _ in range(30):
        await line.add(lane)
    assert [line.take() for _ in range(31)] == [lane] * 30 + [None]


async def test_an_empty_lane_saves_nothing_up() -> None:
    line = Line()
    for _ in range(200):
        await line.add(Lane.PRIORITY)
    for _ in range(150):
        line.take()
    for _ in range(20):
        await line.add(Lane.NORMAL)
    turns = [line.take() for _ in range(50)]
    assert 4 <= turns.count(Lane.NORMAL) <= 6


async def test_priority_is_next_whatever_waits() -> None:
    line = Line()
    for _ in range(50):
        await line.add(Lane.NORMAL)
    for _ in range(10):
        line.take()
        await line.add(Lane.PRIORITY)
        assert line.take() is Lane.PRIORITY
