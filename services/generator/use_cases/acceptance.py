"""How a job that costs credits is accepted: first the hold, then the record.

A crash between the two leaves a hold, which the reconciler gives back. The other way round it would leave work that
nobody pays. Nobody can tell a request that died from one that is slow, so the hold may be gone when the record comes:
then it is refused, and the request becomes a job of another id.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from atelierkit import failpoints
from atelierkit.repeat import repeated
from services.generator.domain.jobs import Job, Queued
from services.generator.domain.ports import UnitOfWork, UnitsOfWork
from services.generator.domain.ports_jobs import Credits
from services.generator.use_cases.jobs import queued

Entry = Callable[[UnitOfWork, Job], Awaitable[None]]
"""Stores what a new job was asked for, and puts its work on the rail."""


@dataclass(frozen=True)
class AcceptJob:
    """Holds what a job costs, and records it; part of the verbs that accept one."""

    units: UnitsOfWork
    credits: Credits

    async def __call__(self, job: Job, entry: Entry) -> Queued:
        """The job as it was recorded; the one that was accepted before, where its id was.

        Raise INSUFFICIENT_CREDITS and Unavailable.
        """
        if (known := await self.accepted(job.id)) is not None:
            return known
        another = replace(job, id=uuid5(job.id, job.owner))
        if job.price and not await self.credits.reserve(job.owner, job.id, job.credits, job.kind):
            # An earlier attempt held its price, was never recorded, and got it back: this one is another job.
            return await self(another, entry)
        if not await self._recorded(job, entry):
            # The reconciler may be about to give the hold back, and it may be all that its owner has.
            await self.credits.release(job.id)
            return await self(another, entry)
        await failpoints.reach("jobs.recorded")
        return await self.accepted(job.id) or Queued(job, 0)

    @repeated
    async def accepted(self, id: UUID) -> Queued | None:
        """The job, where it was accepted before."""
        async with self.units() as unit:
            job = await unit.jobs.get(id)
            return None if job is None else await queued(unit, job)

    @repeated
    async def _recorded(self, job: Job, entry: Entry) -> bool:
        """Record the job, unless it is; False where it was given up meanwhile."""
        await failpoints.reach("jobs.held")
        async with self.units() as unit:
            if not await unit.jobs.claim(job.id):
                return False
            if await unit.jobs.add(job):
                await entry(unit, job)
            await failpoints.reach("jobs.put")
        return True
