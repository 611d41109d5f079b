"""A person's jobs: shown, listed, watched, cancelled; and what administrators may do with everybody's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid5

from atelierkit import failpoints
from atelierkit.repeat import repeated
from services.generator.domain import jobs
from services.generator.domain.batch import Item, ItemState
from services.generator.domain.errors import JobNotFound
from services.generator.domain.jobs import Job, JobPage, Queued, State
from services.generator.domain.model import Position
from services.generator.domain.ports import Clock, UnitOfWork, UnitsOfWork
from services.generator.domain.ports_jobs import Changes, Task
from services.generator.use_cases.endings import store_end
from services.generator.use_cases.pages import paged

_ROWS_AT_A_TIME = 200


@dataclass(frozen=True)
class GetJob:
    """Shows one job to its owner."""

    units: UnitsOfWork

    async def __call__(self, owner: str, id: UUID) -> Queued:
        """Raise JobNotFound."""
        async with self.units() as unit:
            job = await unit.jobs.get(id, owner)
            if job is None:
                raise JobNotFound
            return await queued(unit, job)


@dataclass(frozen=True)
class ListJobs:
    """Shows jobs, newest first: those of a person, or everybody's."""

    units: UnitsOfWork

    async def __call__(
        self, owner: str | None, limit: int, after: Position | None, state: State | None = None
    ) -> JobPage:
        """At most ``limit`` jobs, which come after the position."""
        async with self.units() as unit:
            found = await unit.jobs.page(owner=owner, state=state, limit=limit + 1, after=after)
        return JobPage(*paged(found, limit))


@dataclass(frozen=True)
class WatchJob:
    """Shows a job again after each of its changes, until it has ended."""

    get_job: GetJob
    changes: Changes

    async def __call__(self, owner: str, id: UUID, after_revision: int) -> AsyncIterator[Queued]:
        """The job at once where its revision is not ``after_revision``. Changes that come together are shown as one,
        and a job that moves up in the queue is shown without a new revision. Raise JobNotFound.
        """
        told = after_revision, 0
        async with self.changes.of(id) as changes:
            async for _ in changes:
                shown = await self.get_job(owner, id)
                job, position = shown
                if job.revision > told[0] or (job.revision == told[0] and position < told[1]):
                    yield shown
                if job.state.ended:
                    return
                told = max(job.revision, told[0]), position


@dataclass(frozen=True)
class CancelJob:
    """Ends a job before its time. A worker that is at it notices with its next avatar, which is not stored."""

    units: UnitsOfWork
    clock: Clock

    @repeated
    async def __call__(self, owner: str | None, id: UUID) -> Job:
        """An administrator has no owner to name. Raise JobNotFound and JobEnded."""
        async with self.units() as unit:
            job = await unit.jobs.lock(id, owner)
            if job is None:
                raise JobNotFound
            ended = jobs.cancelled(job, await unit.items.count(id), self.clock())
            await store_end(unit, ended)
        await failpoints.reach("jobs.cancelled")
        return ended


@dataclass(frozen=True)
class RetryJob:
    """Does again what a failed job has not made."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, id: UUID) -> Queued:
        """The new job, which is one however often this is asked for. Raise JobNotFound and JobNotFailed."""
        async with self.units() as unit:
            old = await unit.jobs.lock(id)
            if old is None:
                raise JobNotFound
            new = jobs.retried(old, uuid5(id, "retry"), self.clock())
            if await unit.jobs.add(new):
                await self._take_over(unit, old, new)
            else:
                new = await unit.jobs.get(new.id) or new
            return await queued(unit, new)

    @staticmethod
    async def _take_over(unit: UnitOfWork, old: Job, new: Job) -> None:
        """Copy what was asked for and not made, rows in their order, and put the work on the rail."""
        if (order := await unit.video_orders.get(old.id)) is not None:
            await unit.video_orders.add(new.id, order)
            await unit.rail.put(Task.VIDEO, new.id, new.lane)
            return
        place, after = 0, -1
        while rows := await unit.items.page(old.id, after=after, limit=_ROWS_AT_A_TIME):
            left = [item.row for item in rows if item.state is not ItemState.MADE]
            await unit.items.add([Item(new.id, place + offset, row) for offset, row in enumerate(left)])
            place, after = place + len(left), rows[-1].index
        await unit.rail.put(Task.WORK, new.id, new.lane)


async def queued(unit: UnitOfWork, job: Job) -> Queued:
    """The job with its place among those that wait."""
    return Queued(job, await unit.jobs.position(job) if job.state is State.PENDING else 0)
