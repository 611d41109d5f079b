"""Work in threads: as many at a time as there are threads, and no more hidden behind them."""

from __future__ import annotations

import asyncio
import threading

import pytest

from atelierkit.admission import Limits
from atelierkit.errors import Overloaded
from atelierkit.workshop import workshop


async def test_the_answer_and_the_error_of_the_work_come_back() -> None:
    with workshop("test", Limits(places=1)) as threads:
        assert await threads.run(lambda: threading.current_thread().name.startswith("test")) is True
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 / 0)


async def test_work_that_would_wait_too_long_never_reaches_a_thread() -> None:
    release, reached = threading.Event(), []
    with workshop("test", Limits(places=1, most_waiting=0)) as threads:
        first = asyncio.create_task(threads.run(release.wait))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await threads.run(lambda: reached.append(1))
        release.set()
        assert await first is True
    assert reached == []


async def test_a_place_stays_taken_while_its_thread_works_for_a_caller_who_has_gone() -> None:
    release, begun = threading.Event(), threading.Event()

    def work() -> bool:
        begun.set()
        return release.wait()

    with workshop("test", Limits(places=1, most_waiting=0)) as threads:
        gone = asyncio.create_task(threads.run(work))
        await asyncio.to_thread(begun.wait)
        gone.cancel()
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await threads.run(lambda: None)
        release.set()
        with pytest.raises(asyncio.CancelledError):
            await gone
        await threads.run(lambda: None)
