"""A loop that is late for good is told from one that was late once."""

from __future__ import annotations

import asyncio
import time

from atelierkit.lag import LoopLag

EVERY_S = 0.005


def hold(seconds: float) -> None:
    """Keep the loop from everything else."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


async def test_one_long_step_is_no_lag() -> None:
    async with LoopLag(EVERY_S) as lag:
        await asyncio.sleep(8 * EVERY_S)
        hold(0.3)
        await asyncio.sleep(0)
        assert lag.seconds < 0.25


async def test_a_loop_that_is_always_busy_lags() -> None:
    async with LoopLag(EVERY_S) as lag:
        for _ in range(20):
            hold(0.03)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert lag.seconds > 0.02
