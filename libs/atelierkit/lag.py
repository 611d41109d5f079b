"""How late the event loop is just now: the one queue that no one sees, of all that is ready to run."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

_EVERY_S = 0.05
_KEPT = 4
"""A burst is over within this many sleeps; what is late in each of them is late for good (as CoDel has it)."""


class LoopLag:
    """Measures the running loop while the block runs; entered and left by ``async with``. ``heard`` gets each lag."""

    def __init__(self, every_s: float = _EVERY_S, heard: Callable[[float], None] | None = None) -> None:
        self._every_s = every_s
        self._heard = heard
        self._latest = deque([0.0] * _KEPT, _KEPT)
        self._sleeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._sleeper = asyncio.create_task(self._sleep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._sleeper is not None:
            self._sleeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._sleeper

    @property
    def seconds(self) -> float:
        """The least lag of the last few sleeps: what everything in this loop waits before its next step."""
        return min(self._latest)

    async def _sleep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self._every_s
            await asyncio.sleep(self._every_s)
            lag = max(0.0, loop.time() - due)
            self._latest.append(lag)
            if self._heard is not None:
                self._heard(lag)
