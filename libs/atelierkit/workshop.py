"""Threads for work that would hold the event loop, with a queue that says no early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Protocol, TypeVar

from atelierkit.admission import Admission, Limits

_Made = TypeVar("_Made")


class Hand(Protocol):
    """Whoever has a place: does one step after the other in a thread."""

    async def __call__(self, make: Callable[[], _Made]) -> _Made:
        """What `make` gives."""
        ...


class Workshop:
    """Runs functions in threads: NumPy and Argon2 release the interpreter's lock, so that threads are hands."""

    def __init__(self, executor: Executor, admission: Admission) -> None:
        self._executor = executor
        self._admission = admission

    async def run(self, make: Callable[[], _Made], kind: str = "") -> _Made:
        """What `make` gives. Raise Overloaded where no thread would be done with it in time."""
        async with self.place(kind) as hand:
            return await hand(make)

    @asynccontextmanager
    async def place(self, kind: str = "") -> AsyncIterator[Hand]:
        """A place for work of several steps, of which some are done elsewhere. Raise Overloaded where it would come too late.

        A thread cannot be stopped: when the caller goes, the place stays taken until its step has ended.
        """
        async with self._admission.place(kind):
            yield self._in_a_thread

    async def _in_a_thread(self, make: Callable[[], _Made]) -> _Made:
        work = asyncio.get_running_loop().run_in_executor(self._executor, make)
        try:
            return await asyncio.shield(work)
        finally:
            await asyncio.wait([work])


@contextmanager
def workshop(name: str, limits: Limits) -> Iterator[Workshop]:
    """A workshop with a thread for each place; they end with the block."""
    with ThreadPoolExecutor(limits.places, thread_name_prefix=name) as threads:
        yield Workshop(threads, Admission(name, limits))
