"""MemoryRail: the twin for tests. Its jobs live in this object, and its time is the clock that it is given."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from atelierkit.jobs import running
from atelierkit.jobs.model import Arguments, Job, Lane, Run, Session, Tasks, tag
from atelierkit.jobs.running import Back, Done, Failed, HandedBack

Clock = Callable[[], datetime]
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """A job that waits."""

    job: Job
    due: datetime
    tag: int | None = None
    """Its place in the queue; None until it is due."""


class MemoryTransaction:
    """Jobs that are put when the transaction ends well."""

    def __init__(self) -> None:
        self.put: list[Waiting] = []


class MemoryRail(Tasks):
    """Puts jobs, and runs them one after the other when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Waiting] = []
        self.failed: list[Job] = []
        """Jobs that ended badly, oldest first."""
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTransaction]:
        """A session whose jobs are there once the block has ended well, and never were when it raises."""
        session = MemoryTransaction()
        yield session
        for waiting in session.put:
            self._add(waiting)

    async def put(
        self,
        session: Session,
        name: str,
        arguments: Arguments,
        *,
        lane: Lane = Lane.NORMAL,
        at: datetime | None = None,
    ) -> int:
        """Put a job in one of ``transaction``'s sessions; at once where the session is of another kind."""
        job = Job(Run(next(self._numbers), name, lane=lane), json.loads(json.dumps(arguments)))
        waiting = Waiting(job, at or _LONG_AGO)
        if isinstance(session, MemoryTransaction):
            session.put.append(waiting)
        else:
            self._add(waiting)
        return job.run.job

    async def run_due(self, clock: Clock) -> int:
        """Run jobs in their order until none is due by that clock; gives the number of runs."""
        count = 0
        while (job := self.take(clock())) is not None:
            await self._run(job, clock)
            count += 1
        return count

    def take(self, now: datetime) -> Job | None:
        """Take the job that is next; None where none is due."""
        for place, waiting in enumerate(self.waiting):
            if waiting.tag is None and waiting.due <= now:
                self.waiting[place] = replace(waiting, tag=self._tag(waiting.job.run.lane))
        due = [waiting for waiting in self.waiting if waiting.tag is not None]
        if not due:
            return None
        first = min(due, key=_place)
        self.waiting.remove(first)
        return first.job

    async def _run(self, job: Job, clock: Clock) -> None:
        ending = await running.run(self.by_name.get(job.run.name), job)
        match ending:
            case Done():
                return
            case Failed():
                self.failed.append(job)
            case Back(after_s, failures):
                run = replace(job.run, attempts=job.run.attempts + 1, failures=failures)
                due = clock() + timedelta(seconds=after_s) if after_s > 0 else _LONG_AGO
                self._add(Waiting(replace(job, run=run), due))
            case HandedBack():
                self._add(Waiting(job, _LONG_AGO))

    def _add(self, waiting: Waiting) -> None:
        placed = (
            replace(waiting, tag=self._tag(waiting.job.run.lane)) if waiting.due == _LONG_AGO else waiting
        )
        self.waiting.append(placed)

    def _tag(self, lane: Lane) -> int:
        due = [waiting for waiting in self.waiting if waiting.tag is not None]
        first = min(due, key=_place, default=None)
        head = None if first is None or first.tag is None else (first.job.run.lane, first.tag)
        own = [waiting.tag for waiting in due if waiting.tag is not None and waiting.job.run.lane is lane]
        return tag(lane, head, max(own, default=None))


def _place(waiting: Waiting) -> tuple[int, int]:
    return waiting.tag or 0, waiting.job.run.job
