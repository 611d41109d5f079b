"""A run that the database has undone is made again at once, before it counts as a failure."""

from __future__ import annotations

import pytest

from atelierkit.jobs import Retry, running
from atelierkit.jobs.model import Job, Run, Task
from atelierkit.jobs.running import Back, Done, Ending
from atelierkit.repeat import TRIES, Undone


async def _run(undone: int) -> tuple[Ending, int]:
    """How a run ended that was undone so many times, and how often the task was called."""
    calls = 0

    async def function(word: str) -> None:
        nonlocal calls
        calls += 1
        if calls <= undone:
            raise Undone("the database could not keep the work", dependency="database")

    task = Task("say", function, Retry(), None, None, None)
    ending = await running.run(task, Job(Run(1, "say"), {"word": "once"}))
    return ending, calls


@pytest.mark.parametrize("undone", [1, TRIES - 1])
async def test_it_is_done_as_if_nothing_had_happened(undone: int) -> None:
    assert await _run(undone) == (Done(), undone + 1)


async def test_after_the_last_try_it_waits_as_every_failed_job_does() -> None:
    ending, calls = await _run(TRIES)
    assert calls == TRIES
    assert isinstance(ending, Back)
    assert (ending.failures, ending.well) == (1, False)
