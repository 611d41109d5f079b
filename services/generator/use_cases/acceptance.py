"""How jobs that cost credits are accepted: first the holds, then the records.

A crash between the two leaves holds, which the reconciler gives back. The other way round it would leave work that
nobody pays. Nobody can tell a request that died from one that is slow, so a hold may be gone when the record comes:
then it is refused, and the request becomes jobs of other ids.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from atelierkit import failpoints
from atelierkit.errors import RemoteError
from atelierkit.repeat import repeated
from services.generator.domain.jobs import Job, Queued
from services.generator.domain.ports import UnitOfWork, UnitsOfWork
from services.generator.domain.ports_jobs import Credits
from services.generator.use_cases.jobs import queued

Entry = Callable[[UnitOfWork, Job], Awaitable[None]]
"""Stores what a new job was asked for, and puts its work on the rail."""
Entries = Callable[[UnitOfWork, Sequence[Job]], Awaitable[None]]
"""The same for jobs that are accepted together."""


@dataclass(frozen=True)
class AcceptJobs:
    """Holds what some jobs cost, each by itself, and records them: all or none. Part of the verbs that accept them."""

    units: UnitsOfWork
    credits: Credits

    async def __call__(self, jobs: Sequence[Job], entries: Entries) -> Sequence[Queued]:
        """The jobs as they were recorded; those that were accepted before, where their ids were.

        Raise INSUFFICIENT_CREDITS, about all of them, and Unavailable.
        """
        if known := await self.accepted([job.id for job in jobs]):
            return known
        others = [replace(job, id=uuid5(job.id, job.owner)) for job in jobs]
        if not await self._held(jobs):
            # An earlier attempt held a price, was never recorded, and got it back: these are other jobs.
            return await self(others, entries)
        if not await self._recorded(jobs, entries):
            # The reconciler may be about to give the holds back, and they may be all that their owner has.
            await self._release(jobs)
            return await self(others, entries)
        await failpoints.reach("jobs.recorded")
        return await self.accepted([job.id for job in jobs]) or [Queued(job, 0) for job in jobs]

    @repeated
    async def accepted(self, ids: Sequence[UUID]) -> Sequence[Queued]:
        """The jobs, where they were accepted before; else none."""
        async with self.units() as unit:
            found = [await unit.jobs.get(id) for id in ids]
            return [await queued(unit, job) for job in found if job is not None]

    async def _held(self, jobs: Sequence[Job]) -> bool:
        """Whether every job has its hold now; where one has not, none has."""
        held: list[Job] = []
        for job in jobs:
            try:
                is_held = not job.price or await self.credits.reserve(
                    job.owner, job.id, job.credits, job.kind
                )
            except RemoteError as refusal:
                await self._release(held)
                raise _about_all(refusal, jobs, held) from refusal
            if not is_held:
                await self._release(held)
                return False
            held.append(job)
        return True

    async def _release(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.price:
                await self.credits.release(job.id)

    @repeated
    async def _recorded(self, jobs: Sequence[Job], entries: Entries) -> bool:
        """Record the jobs, unless they are; False where one was given up meanwhile."""
        await failpoints.reach("jobs.held")
        async with self.units() as unit:
            for job in jobs:
                if not await unit.jobs.claim(job.id):
                    return False
            if new := [job for job in jobs if await unit.jobs.add(job)]:
                await entries(unit, new)
            await failpoints.reach("jobs.put")
        return True


@dataclass(frozen=True)
class AcceptJob:
    """The same for one job."""

    units: UnitsOfWork
    credits: Credits

    async def __call__(self, job: Job, entry: Entry) -> Queued:
        """The job as it was recorded; the one that was accepted before, where its id was.

        Raise INSUFFICIENT_CREDITS and Unavailable.
        """

        async def entries(unit: UnitOfWork, jobs: Sequence[Job]) -> None:
            for each in jobs:
                await entry(unit, each)

        return (await self._accept([job], entries))[0]

    async def accepted(self, id: UUID) -> Queued | None:
        """The job, where it was accepted before."""
        return next(iter(await self._accept.accepted([id])), None)

    @property
    def _accept(self) -> AcceptJobs:
        return AcceptJobs(self.units, self.credits)


def _about_all(refusal: RemoteError, jobs: Sequence[Job], held: Sequence[Job]) -> RemoteError:
    """A refusal of one hold, in the numbers of all: what was held before it counts as what was there."""
    if refusal.reason != "INSUFFICIENT_CREDITS":
        return refusal
    return RemoteError(
        refusal.message,
        code=refusal.code,
        reason=refusal.reason,
        metadata={
            "needed": str(sum(job.credits for job in jobs)),
            "available": str(int(refusal.metadata["available"]) + sum(job.credits for job in held)),
        },
    )
