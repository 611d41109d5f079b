"""A worker process at its work: it takes jobs while it has hands, gives signs of life, and takes over from the dead."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from atelierkit import periodic
from atelierkit.errors import AppError, Unavailable
from atelierkit.jobs import metrics, running
from atelierkit.jobs.model import POISONED, Job, Pace, Tasks
from atelierkit.jobs.running import Ending, Failed, HandedBack
from atelierkit.jobs.track import Track
from atelierkit.logs import get_logger

_FORGET_EVERY_S = 3600.0
_LAST_WORDS_S = 2.0
"""What runs that were cut off get to write down that they were."""

_log = get_logger(__name__)


class Crew:
    """Up to ``hands`` jobs at a time."""

    def __init__(self, track: Track, tasks: Tasks, *, schema: str, hands: int, pace: Pace) -> None:
        self._track = track
        self._tasks = tasks
        self._schema = schema
        self._pace = pace
        self._free = asyncio.Semaphore(hands)
        self._news = asyncio.Event()
        self._leaving = False
        self._worker = 0
        self._in_touch_since = math.inf
        self._at_work: set[asyncio.Task[None]] = set()
        self._runs: set[asyncio.Task[Ending]] = set()
        self._put: dict[str, int] = {}

    async def enter(self) -> None:
        """Sign on."""
        self._worker = await self._track.enter()
        self._in_touch_since = time.monotonic()

    async def beat(self) -> None:
        """Give a sign of life. Counted as dead by others, it gives up what it is at, which they have taken over."""
        try:
            alive = await self._track.beat(self._worker)
        except Unavailable:
            self._in_touch_since = math.inf
            raise
        self._in_touch_since = min(self._in_touch_since, time.monotonic())
        if not alive:
            _log.warning("worker was silent for too long", at_work=len(self._runs))
            self._cut_off()
            await self.enter()

    async def look_after(self) -> None:
        """Take over from workers that died, give due jobs their place, put periodic jobs, tell what waits."""
        # Where the database was away, nobody could give a sign of life: silence says nothing for a while.
        in_touch_s = time.monotonic() - self._in_touch_since
        patience_s = self._pace.stalled_after_s
        rescued, poisoned = await self._track.rescue(
            self._worker, patience_s if in_touch_s >= patience_s else math.inf
        )
        if rescued:
            _log.warning("jobs of workers that died were taken over", count=rescued, poisoned=len(poisoned))
            metrics.RESCUED.labels(self._schema).inc(rescued)
            self._news.set()
        for job in poisoned:
            self._begin(self._bury(self._worker, job))
        await self._track.promote()
        await self._put_periodic()
        metrics.waiting(self._schema, await self._track.waiting())

    async def listen(self) -> None:
        """Hear of new jobs at once, also after the database was away; without it they wait for the next poll."""
        while True:
            try:
                await self._track.listen(self._news.set)
            except Unavailable as error:
                _log.warning("no news of jobs", cause=error.message)
            await asyncio.sleep(self._pace.poll_s)

    async def take_jobs(self) -> None:
        """Take and begin jobs until it leaves."""
        while not self._leaving:
            await self._free.acquire()
            job = await self._next()
            if job is None:
                self._free.release()
            else:
                self._begin(self._work(self._worker, job), takes_hand=True)

    async def leave(self, taking: asyncio.Task[None]) -> None:
        """Take no more, let running jobs finish within the grace, hand the others back."""
        self._leaving = True
        self._news.set()
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=self._pace.grace_s)
        self._cut_off()
        await taking
        if self._at_work:
            _, late = await asyncio.wait(self._at_work, timeout=_LAST_WORDS_S)
            for task in late:
                task.cancel()

    async def sign_off(self) -> None:
        """The last of all: what it still has is for others to take over."""
        try:
            await self._track.leave(self._worker)
        except Unavailable as error:
            _log.warning("worker left without a word", cause=error.message)

    async def forget(self) -> None:
        """Delete jobs that failed long ago."""
        await self._track.forget()

    async def _next(self) -> Job | None:
        """The next job, once there is one; None when it leaves."""
        while not self._leaving:
            self._news.clear()
            if (job := await self._taken()) is not None:
                return job
            try:
                async with asyncio.timeout(self._pace.poll_s):
                    await self._news.wait()
            except TimeoutError:
                continue
        return None

    async def _taken(self) -> Job | None:
        try:
            return await self._track.take(self._worker)
        except AppError as error:
            _log.warning("no job could be taken", cause=error.message)
        except Exception:  # noqa: BLE001  the worker must outlive whatever a database may answer
            _log.exception("no job could be taken")
        return None

    async def _work(self, worker: int, job: Job) -> None:
        if self._leaving:
            await self._write_down(worker, job, HandedBack())
            return
        run = asyncio.create_task(running.run(self._tasks.by_name.get(job.run.name), job))
        self._runs.add(run)
        try:
            with metrics.RUNNING.labels(self._schema).track_inprogress():
                await asyncio.wait([run])
        finally:
            self._runs.discard(run)
        # Cut off before its first step, it never ran.
        await self._write_down(worker, job, HandedBack() if run.cancelled() else run.result())

    async def _bury(self, worker: int, job: Job) -> None:
        """End a job of which too many workers died, once whoever keeps its record knows."""
        task = self._tasks.by_name.get(job.run.name)
        if task is None:
            await self._write_down(worker, job, HandedBack())
            return
        while not await running.given_up(task, job, POISONED):
            if self._leaving:
                return
            await asyncio.sleep(self._pace.poll_s)
        _log.error("job ended: workers died of it", task=task.name, job=job.run.job)
        metrics.RUNS.labels(task.name, "poisoned").inc()
        await self._write_down(worker, job, Failed())

    async def _write_down(self, worker: int, job: Job, ending: Ending) -> None:
        """As often as it takes: a run whose end nobody knows would be made again."""
        while True:
            try:
                if not await self._track.end(worker, job, ending):
                    _log.warning("job was given to another worker meanwhile", task=job.run.name)
            except Unavailable as error:
                _log.warning("end of a job waits to be written", task=job.run.name, cause=error.message)
                await asyncio.sleep(self._pace.poll_s)
            else:
                return

    async def _put_periodic(self) -> None:
        for task in self._tasks.periodic():
            period = int(time.time() / (task.every_s or 1.0))
            # The database decides whose job it is and what time it is; asking once a period spares it the rest.
            if self._put.get(task.name) != period:
                await self._track.put_periodic(task.name, task.every_s or 1.0)
                self._put[task.name] = period

    def _begin(self, work: Coroutine[Any, Any, None], *, takes_hand: bool = False) -> None:
        task = asyncio.create_task(work)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        if takes_hand:
            task.add_done_callback(lambda _: self._free.release())

    def _cut_off(self) -> None:
        for run in self._runs:
            run.cancel()


@asynccontextmanager
async def at_work(crew: Crew, pace: Pace) -> AsyncIterator[None]:
    """The crew works while the block runs, then leaves in order. Unavailable where it cannot sign on."""
    await crew.enter()
    try:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(periodic.every(pace.heartbeat_s, crew.beat, name="heartbeat"))
            await stack.enter_async_context(periodic.every(pace.heartbeat_s, crew.look_after, name="rail"))
            await stack.enter_async_context(periodic.every(_FORGET_EVERY_S, crew.forget, name="failed jobs"))
            taking = asyncio.create_task(crew.take_jobs())
            listening = asyncio.create_task(crew.listen())
            try:
                yield
            finally:
                await crew.leave(taking)
                await periodic.ended(listening)
    finally:
        await crew.sign_off()
