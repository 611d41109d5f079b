"""When a worker may judge others."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping

import pytest

from atelierkit import periodic
from atelierkit.errors import Unavailable
from atelierkit.jobs.crew import Crew
from atelierkit.jobs.model import Job, Pace, Tasks
from atelierkit.jobs.track import Track

PATIENT = Pace(stalled_after_s=3600.0)
IMPATIENT = Pace(stalled_after_s=0.0)


class Paper(Track):
    """A track that remembers with what patience it was asked to take over."""

    def __init__(self) -> None:
        self.away = False
        self.patience: list[float] = []

    async def enter(self) -> int:
        return 1

    async def beat(self, worker: int) -> bool:
        if self.away:
            raise Unavailable("the database does not answer")
        return True

    async def rescue(self, worker: int, silence_s: float) -> tuple[int, list[Job]]:
        self.patience.append(silence_s)
        return 0, []

    async def promote(self) -> None:
        return

    async def waiting(self) -> Mapping[str, tuple[int, float]]:
        return {}


@pytest.fixture
def paper() -> Paper:
    return Paper()


def crew(paper: Paper, pace: Pace) -> Crew:
    return Crew(paper, Tasks(), schema="generator", hands=1, pace=pace)


async def test_silence_counts_for_those_who_were_in_touch_for_as_long(paper: Paper) -> None:
    for pace in (PATIENT, IMPATIENT):
        one = crew(paper, pace)
        await one.enter()
        await one.look_after()
    assert paper.patience == [math.inf, 0.0]


async def test_a_database_that_was_away_makes_nobody_dead(paper: Paper) -> None:
    one = crew(paper, IMPATIENT)
    await one.enter()
    await one.look_after()
    paper.away = True
    with pytest.raises(Unavailable):
        await one.beat()
    paper.away = False
    await one.look_after()
    await one.beat()
    await one.look_after()
    assert paper.patience == [0.0, math.inf, 0.0]


async def test_a_task_that_loses_its_first_cancellation_ends_all_the_same() -> None:
    lost = 0

    async def forgetful() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                lost += 1
                if lost > 1:
                    raise

    task = asyncio.create_task(forgetful())
    await asyncio.sleep(0)
    await periodic.ended(task)
    assert (lost, task.cancelled()) == (2, True)
