"""What comes after a job's end: its price is settled, its owner is told. Each is a task of its own.

They are put on the rail in the transaction that ends the job, so neither can be forgotten; both may be done twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from atelierkit import failpoints
from services.generator.domain.jobs import Job, Kind, Lane
from services.generator.domain.model import StoredFile
from services.generator.domain.ports import UnitOfWork, UnitsOfWork
from services.generator.domain.ports_jobs import Announcer, Credits, Task


async def store_end(unit: UnitOfWork, job: Job) -> None:
    """Store a job that has ended, with everything that follows from it."""
    await unit.jobs.replace(job)
    if job.kind.has_photos:
        await unit.files.note(dropped=await _left_by(unit, job))
        await unit.rail.put(Task.CLEAR, job.id, Lane.PRIORITY)
    # Both take milliseconds: nobody's money waits behind other people's avatars.
    if job.credits:
        await unit.rail.put(Task.SETTLE, job.id, Lane.PRIORITY)
    await unit.rail.put(Task.ANNOUNCE, job.id, Lane.PRIORITY)


async def _left_by(unit: UnitOfWork, job: Job) -> Sequence[StoredFile]:
    """What an ended job was given and has made on the way, and nobody needs any more."""
    if job.kind is Kind.AVATAR_FROM_PHOTOS:
        return await unit.photo_orders.remove(job.id)
    return await left_behind(unit, await unit.generations.sitting_of(job.id))


async def left_behind(unit: UnitOfWork, sitting_id: UUID | None) -> Sequence[StoredFile]:
    """What no other generation of that sitting needs, once one has ended or is deleted."""
    return () if sitting_id is None else await unit.sittings.leave(sitting_id)


@dataclass(frozen=True)
class SettleJob:
    """Takes the price of what an ended job has made, and gives the rest of the hold back."""

    units: UnitsOfWork
    credits: Credits

    async def __call__(self, id: UUID) -> None:
        """Nothing happens while the job is open. Raise Unavailable when the ledger is away."""
        async with self.units() as unit:
            job = await unit.jobs.get(id)
        if job is not None and job.state.ended:
            await settle(self.credits, job)


async def settle(credits: Credits, job: Job) -> None:
    """Pay for an ended job; once, however often."""
    if job.cost:
        await credits.capture(job.id, job.cost)
        await failpoints.reach("jobs.captured")
    else:
        await credits.release(job.id)
        await failpoints.reach("jobs.released")


@dataclass(frozen=True)
class AnnounceJob:
    """Has the owner of an ended job told."""

    units: UnitsOfWork
    announcer: Announcer

    async def __call__(self, id: UUID) -> None:
        """Nothing happens while the job is open. Raise Unavailable when auth is away."""
        async with self.units() as unit:
            job = await unit.jobs.get(id)
        if job is not None and job.state.ended:
            await self.announcer.ended(job)
            await failpoints.reach("jobs.announced")


class Repairs(NamedTuple):
    """What a reconciliation has put right."""

    released: int
    """Holds for jobs that were never recorded."""
    settled: int
    """Holds for jobs that have ended."""


@dataclass(frozen=True)
class Reconcile:
    """Compares what is held with what is under way.

    A process that ends between the hold and the job's record leaves a hold that nothing would ever settle, and a
    settling task that was given up leaves another.
    """

    units: UnitsOfWork
    credits: Credits
    age: timedelta
    """Younger holds are left to the request that is about to record its job. A slower one finds that its job was given up."""

    async def __call__(self) -> Repairs:
        """Raise Unavailable when ledger or database are away."""
        released = settled = 0
        for hold in await self.credits.holds(self.age):
            async with self.units() as unit:
                job = await unit.jobs.get(hold.job_id)
                lost = job is None and await unit.jobs.give_up(hold.job_id)
            if lost:
                await failpoints.reach("jobs.disowned")
                await self.credits.release(hold.job_id)
                released += 1
            elif job is not None and job.state.ended:
                await settle(self.credits, job)
                settled += 1
            await failpoints.reach("jobs.reconciled")
        return Repairs(released, settled)
