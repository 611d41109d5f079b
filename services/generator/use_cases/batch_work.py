"""A worker's part of a batch: a slice of avatars at a time, and the results at the end.

Every step may come twice, from a worker that took over and from one that was taken for dead: what a row makes has an id
that follows from the row, and what came of it is stored once, under the job's lock.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from atelierkit import failpoints
from atelierkit.errors import AppError, Code
from atelierkit.logs import get_logger
from services.generator.domain import jobs
from services.generator.domain.batch import MOST_BREAKDOWNS, POISONED, Item, ItemState
from services.generator.domain.errors import JobEnded, MesherBrokeDown
from services.generator.domain.jobs import Failure, Job
from services.generator.domain.ports import Clock, UnitOfWork, UnitsOfWork
from services.generator.domain.ports_jobs import Delegates
from services.generator.use_cases.avatars import CreateAvatar
from services.generator.use_cases.endings import store_end
from services.generator.use_cases.results import CollectResults
from services.generator.use_cases.shelf import Shelf

PASSING = frozenset({Code.UNAVAILABLE, Code.RESOURCE_EXHAUSTED, Code.DEADLINE_EXCEEDED, Code.UNAUTHENTICATED})
"""Failures that say nothing about what was asked: the same may work later, or with a new token."""

_SLICE_ROWS = 10
_SLICE_S = 5.0
"""A slice is at most so many avatars, and none is begun after so long: others wait for the worker as well."""

_log = get_logger(__name__)


@dataclass(frozen=True)
class MakeRow:
    """Makes the avatar of one row, or finds out why it cannot be made. Either is stored once."""

    units: UnitsOfWork
    create_avatar: CreateAvatar

    async def __call__(self, owner: str, item: Item) -> None:
        """Raise JobEnded, with nothing stored, when the job ended meanwhile; Unavailable when a neighbour is away.

        A row over which the mesher breaks down again and again is given up: the others must not wait for it for ever.
        """
        made = replace(item, state=ItemState.MADE)
        try:
            await self.create_avatar(
                owner,
                item.row.body,
                item.row.look,
                item.row.outfit,
                id=item.avatar_id,
                first=lambda unit: _settle(unit, made),
            )
        except _SettledBefore:
            return
        except MesherBrokeDown:
            if await self._breakdowns(item) < MOST_BREAKDOWNS:
                raise
            _log.error("the mesher breaks down over a row", job=str(item.job_id), row=item.index)
            await self._give_up(item, POISONED)
        except AppError as refusal:
            if refusal.code in PASSING or isinstance(refusal, JobEnded):
                raise
            await self._give_up(item, Failure(refusal.reason, refusal.message))
        except Exception:  # noqa: BLE001  a row that meets a bug of ours must not cost the others
            _log.exception("a row of a batch met a bug", job=str(item.job_id), row=item.index)
            await self._give_up(item, Failure("INTERNAL", "internal error"))

    async def _breakdowns(self, item: Item) -> int:
        async with self.units() as unit:
            return await unit.items.broke_down(item)

    async def _give_up(self, item: Item, failure: Failure) -> None:
        with suppress(_SettledBefore):
            async with self.units() as unit:
                await _settle(unit, replace(item, state=ItemState.FAILED, failure=failure))


@dataclass(frozen=True)
class WorkOnBatch:
    """Does a slice of a batch; the worker puts it on the rail again while the job is open."""

    units: UnitsOfWork
    make_row: MakeRow
    collect: CollectResults
    delegates: Delegates
    shelf: Shelf
    clock: Clock
    seconds: Callable[[], float]
    """A clock that never goes back."""

    async def __call__(self, id: UUID) -> Job | None:
        """The job after the slice; None when it had ended before. Raise Unavailable when a neighbour is away."""
        with suppress(JobEnded):
            job = await self._begin(id)
            await failpoints.reach("jobs.leased")
            async with self.delegates.acting_for(job.owner):
                await self._make_some(job)
            job = await self._write_down(id)
            await failpoints.reach("jobs.progressed")
            return job if job.count.done < job.total else await self._finish(job)
        return None

    async def give_up(self, id: UUID, failure: Failure) -> Job | None:
        """End a job that cannot be done; None when it has ended already."""
        with suppress(JobEnded):
            async with self.units() as unit:
                job = await locked(unit, id)
                ended = jobs.failed(job, await unit.items.count(id), failure, self.clock())
                await store_end(unit, ended)
            await failpoints.reach("jobs.given_up")
            return ended
        return None

    async def _begin(self, id: UUID) -> Job:
        async with self.units() as unit:
            job = await locked(unit, id)
            begun = jobs.begun(job, self.clock())
            if begun != job:
                await unit.jobs.replace(begun)
        return begun

    async def _make_some(self, job: Job) -> None:
        until = self.seconds() + _SLICE_S
        async with self.units() as unit:
            items = await unit.items.pending(job.id, _SLICE_ROWS)
        for item in items:
            await self.make_row(job.owner, item)
            await failpoints.reach("jobs.row_settled")
            if self.seconds() >= until:
                return

    async def _write_down(self, id: UUID) -> Job:
        async with self.units() as unit:
            job = await locked(unit, id)
            further = jobs.advanced(job, await unit.items.count(id))
            if further != job:
                await unit.jobs.replace(further)
        return further

    async def _finish(self, job: Job) -> Job:
        """Collect the results, and end the job with them."""
        async with self.shelf.writing() as written:
            results = await self.collect(job, written)

            async def end(unit: UnitOfWork) -> Job:
                now = await locked(unit, job.id)
                ended = jobs.completed(now, await unit.items.count(job.id), results, self.clock())
                await store_end(unit, ended)
                return ended

            ended = await self.shelf.finish(end)
        await failpoints.reach("jobs.completed")
        return ended


class _SettledBefore(Exception):
    """Another worker, which was taken for dead, has been faster."""


async def _settle(unit: UnitOfWork, item: Item) -> None:
    """Store what came of a row, under the job's lock. Raise JobEnded or _SettledBefore where that is not to be."""
    job = await locked(unit, item.job_id)
    if job.state.ended:
        raise JobEnded(job.state.value)
    if not await unit.items.settle(item):
        raise _SettledBefore


async def locked(unit: UnitOfWork, id: UUID) -> Job:
    """The job, kept from all others. A job that is gone has ended: raise JobEnded."""
    job = await unit.jobs.lock(id)
    if job is None:
        raise JobEnded("gone")
    return job
