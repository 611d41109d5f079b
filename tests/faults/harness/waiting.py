"""Waiting for what other processes do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_POLL_S = 0.05


async def until(holds: Callable[[], bool], limit_s: float) -> None:
    """Return as soon as the condition holds. TimeoutError when it does not within `limit_s`."""
    async with asyncio.timeout(limit_s):
        while not holds():  # noqa: ASYNC110  no event tells of another process
            await asyncio.sleep(_POLL_S)
