"""Waiting for a time, where there is no event to wait for: the server said when to come again."""

from __future__ import annotations

import asyncio
import time


def pause(seconds: float) -> None:
    """Let time pass."""
    time.sleep(seconds)  # noqa: TID251  see above


async def async_pause(seconds: float) -> None:
    """Let time pass for others."""
    await asyncio.sleep(seconds)
