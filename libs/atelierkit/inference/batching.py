"""Joins requests that wait at the same time into one run of the model."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from atelierkit.errors import Unavailable
from atelierkit.inference.backlog import Backlog
from atelierkit.inference.port import Arrays, rows

Run = Callable[[Arrays], Awaitable[dict[str, NDArray[Any]]]]


@dataclass(frozen=True)
class BatchLimits:
    """How requests are joined."""

    max_batch: int = 32
    """Most rows of one run; a larger request runs alone."""
    max_delay_s: float = 0.0
    """Wait for company after the first request. Zero joins just what came while the last run was busy:
    measured on a 15 -> 30,000 network, that already gave 4,528 rows/s, and one request alone waits for nobody."""
    max_rows: int = 256
    """Rows at work or waiting; further requests are Overloaded at once."""


@dataclass(eq=False)
class _Waiting:
    inputs: Arrays
    count: int
    answer: asyncio.Future[dict[str, NDArray[Any]]]

    def joins(self, other: _Waiting) -> bool:
        """Whether both may stand in one array: same names, dtypes and sizes of a row."""
        return self._signature() == other._signature()

    def _signature(self) -> dict[str, tuple[np.dtype[Any], tuple[int, ...]]]:
        return {name: (array.dtype, array.shape[1:]) for name, array in self.inputs.items()}


class MicroBatcher:
    """Runs ``run`` for one batch at a time; entered and left by ``async with``.

    Requests whose callers have gone are dropped before they cost anything. When a joined run fails,
    each of its requests runs again alone, so that only the culprit fails.
    """

    def __init__(self, run: Run, limits: BatchLimits) -> None:
        self._run = run
        self._limits = limits
        self._backlog = Backlog(limits.max_rows)
        self._queue: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._worker = asyncio.create_task(self._work())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        _refuse(self._queue)

    async def submit(self, inputs: Arrays, limit_s: float | None = None) -> dict[str, NDArray[Any]]:
        """The outputs for these rows.

        TimeoutError after ``limit_s``; Overloaded at once where that can be foreseen, or too many rows wait.
        """
        item = _Waiting(inputs, rows(inputs), asyncio.get_running_loop().create_future())
        with self._backlog.joined(item.count, limit_s):
            self._queue.append(item)
            self._arrived.set()
            async with asyncio.timeout(limit_s):
                return await item.answer

    async def _work(self) -> None:
        while True:
            await self._arrived.wait()
            await self._company()
            batch = self._next_batch()
            if not self._queue:
                self._arrived.clear()
            try:
                await self._answer(batch)
            finally:
                _refuse(batch)

    async def _company(self) -> None:
        """Wait until a batch is full or the delay is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._limits.max_delay_s
        while loop.time() < until and self._waiting_rows() < self._limits.max_batch:
            self._arrived.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    await self._arrived.wait()

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        count = 0
        while self._queue:
            item = self._queue[0]
            if item.answer.done():
                self._queue.popleft()
                continue
            if batch and (count + item.count > self._limits.max_batch or not item.joins(batch[0])):
                break
            batch.append(self._queue.popleft())
            count += item.count
        return batch

    async def _answer(self, batch: list[_Waiting]) -> None:
        if not batch:
            return
        joined = {name: np.concatenate([item.inputs[name] for item in batch]) for name in batch[0].inputs}
        try:
            outputs = await self._run(joined)
        except Exception as error:  # noqa: BLE001 - whatever a run raises belongs to its callers, not to the worker
            await self._answer_failed(batch, error)
            return
        start = 0
        for item in batch:
            _give(item, {name: array[start : start + item.count] for name, array in outputs.items()})
            start += item.count

    async def _answer_failed(self, batch: list[_Waiting], error: Exception) -> None:
        if len(batch) > 1:
            for item in batch:
                await self._answer([item])
        elif not batch[0].answer.done():
            batch[0].answer.set_exception(error)

    def _waiting_rows(self) -> int:
        return sum(item.count for item in self._queue if not item.answer.done())


def _give(item: _Waiting, outputs: dict[str, NDArray[Any]]) -> None:
    if not item.answer.done():
        item.answer.set_result(outputs)


def _refuse(items: Iterable[_Waiting]) -> None:
    """Tell those who still wait that nothing more is run."""
    for item in items:
        if not item.answer.done():
            item.answer.set_exception(Unavailable("inference is shutting down"))
