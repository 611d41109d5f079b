"""Work beside requests: again and again, whatever happens to one turn."""

from __future__ import annotations

import asyncio

from atelierkit import periodic
from atelierkit.errors import Unavailable
from tests.patience import PATIENCE_S


async def test_a_failed_turn_is_not_the_last_one() -> None:
    turns: asyncio.Queue[int] = asyncio.Queue()
    failures = [Unavailable("away"), ValueError("a bug")]

    async def work() -> None:
        turns.put_nowait(len(failures))
        if failures:
            raise failures.pop(0)

    async with asyncio.timeout(PATIENCE_S), periodic.every(0.001, work, name="test"):
        assert [await turns.get() for _ in range(4)] == [2, 1, 0, 0]


async def test_it_ends_with_its_block() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with periodic.every(0.001, work, name="test"):
        await begun.wait()
    assert ended.is_set()
