"""A worker's part of a job that makes one thing: an avatar from photos, a picture in a pose, a video.

Everything may come twice, from a worker that took over and from one that was taken for dead. What is made and the job's
end are one transaction under the job's lock, and ids follow from the job's: there is one of each or none.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from atelierkit import failpoints
from atelierkit.errors import AppError
from atelierkit.logs import get_logger
from services.generator.domain import jobs
from services.generator.domain.batch import MOST_BREAKDOWNS
from services.generator.domain.errors import InvalidPhotos, JobEnded, MesherBrokeDown
from services.generator.domain.jobs import Count, Failure, Job
from services.generator.domain.ports import Clock, UnitOfWork, UnitsOfWork
from services.generator.domain.ports_faces import Consents
from services.generator.domain.ports_jobs import Delegates
from services.generator.use_cases.batch_work import PASSING, locked
from services.generator.use_cases.endings import store_end

POISONED = Failure("JOB_POISONED", "the mesher broke down over this job, three times")

Asked = TypeVar("Asked")

_log = get_logger(__name__)


class Craft(Protocol[Asked]):
    """What jobs of one kind are about."""

    async def asked(self, unit: UnitOfWork, job: Job) -> Asked:
        """What an open job was asked for."""
        ...

    def consent_version(self, asked: Asked) -> str:
        """Version of the policy that the person agreed to; empty where none was asked for."""
        ...

    async def make(self, job: Job, asked: Asked) -> Job:
        """Make it, and end the job with it. Raise JobEnded, with nothing stored, where it ended meanwhile."""
        ...

    async def broke_down(self, unit: UnitOfWork, id: UUID) -> int:
        """Count another breakdown of the mesher over it; gives how many there were."""
        ...


@dataclass(frozen=True)
class WorkOnJob(Generic[Asked]):
    """Does a job, whichever kind it is of."""

    units: UnitsOfWork
    craft: Craft[Asked]
    consents: Consents
    delegates: Delegates
    clock: Clock

    async def __call__(self, id: UUID) -> Job | None:
        """The job after its end; None when it had ended before. Raise Unavailable when a neighbour is away."""
        with suppress(JobEnded):
            job, asked = await self._begin(id)
            await failpoints.reach("work.leased")
            try:
                async with self.delegates.acting_for(job.owner):
                    if version := self.craft.consent_version(asked):
                        # Taken back since it was accepted, or a new policy is in force.
                        await self.consents.require(version)
                    ended = await self.craft.make(job, asked)
            except MesherBrokeDown:
                if await self._breakdowns(id) < MOST_BREAKDOWNS:
                    raise
                _log.error("the mesher breaks down over a job", job=str(id))
                return await self.give_up(id, POISONED)
            except AppError as refusal:
                if refusal.code in PASSING or isinstance(refusal, JobEnded):
                    raise
                return await self.give_up(id, _failure(refusal))
            await failpoints.reach("work.completed")
            return ended
        return None

    async def give_up(self, id: UUID, failure: Failure) -> Job | None:
        """End a job that cannot be done; None when it has ended already."""
        with suppress(JobEnded):
            async with self.units() as unit:
                job = await locked(unit, id)
                ended = jobs.failed(job, Count(failed=1), failure, self.clock())
                await store_end(unit, ended)
            await failpoints.reach("work.given_up")
            return ended
        return None

    async def _begin(self, id: UUID) -> tuple[Job, Asked]:
        async with self.units() as unit:
            job = await locked(unit, id)
            begun = jobs.begun(job, self.clock())
            if begun != job:
                await unit.jobs.replace(begun)
            return begun, await self.craft.asked(unit, begun)

    async def _breakdowns(self, id: UUID) -> int:
        async with self.units() as unit:
            return await self.craft.broke_down(unit, id)


def _failure(refusal: AppError) -> Failure:
    photos = refusal.photo_faults if isinstance(refusal, InvalidPhotos) else ()
    return Failure(refusal.reason, refusal.message, photos)
