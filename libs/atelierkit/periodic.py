"""Work that a process does beside its requests, again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from atelierkit.errors import AppError
from atelierkit.logs import get_logger

_AGAIN_S = 0.2
_log = get_logger(__name__)


@asynccontextmanager
async def every(seconds: float, work: Callable[[], Awaitable[None]], *, name: str) -> AsyncIterator[None]:
    """Do the work in the background while the block runs: first after ``seconds``, and that long after each end.

    A failure is logged, and the next turn comes all the same.
    """
    worker = asyncio.create_task(_repeat(seconds, work, name))
    try:
        yield
    finally:
        await ended(worker)


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel the task until it has ended: a cancellation that comes just as what it waits for arrives may be lost."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_AGAIN_S)


async def _repeat(seconds: float, work: Callable[[], Awaitable[None]], name: str) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except AppError as error:
            _log.warning("periodic work waits for its next turn", work=name, cause=error.message)
        except Exception:  # noqa: BLE001  a bug in it must neither end the process nor the turns to come
            _log.exception("periodic work failed", work=name)
