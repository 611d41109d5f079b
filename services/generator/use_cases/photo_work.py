"""A worker's part of an avatar from photos.

Everything may come twice, from a worker that took over and from one that was taken for dead. Face, avatar and the job's
end are one transaction under the job's lock, and their ids follow from the job's: there is one of each or none.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from atelierkit import failpoints
from atelierkit.errors import AppError
from atelierkit.logs import get_logger
from services.generator.domain import jobs
from services.generator.domain.batch import MOST_BREAKDOWNS
from services.generator.domain.errors import InvalidPhotos, JobEnded, MesherBrokeDown
from services.generator.domain.faces import AvatarOrder
from services.generator.domain.jobs import Count, Failure, Job
from services.generator.domain.ports import Clock, UnitOfWork, UnitsOfWork
from services.generator.domain.ports_faces import Consents
from services.generator.domain.ports_jobs import Delegates
from services.generator.use_cases.avatars import CreateAvatar
from services.generator.use_cases.batch_work import PASSING, locked
from services.generator.use_cases.endings import store_end
from services.generator.use_cases.faces import MakeFace
from services.generator.use_cases.shelf import Shelf

POISONED = Failure("JOB_POISONED", "the mesher broke down over this face, three times")

_log = get_logger(__name__)


@dataclass(frozen=True)
class WorkOnPhotos:
    """Makes the face and the avatar of a job, and ends it."""

    units: UnitsOfWork
    make_face: MakeFace
    create_avatar: CreateAvatar
    consents: Consents
    delegates: Delegates
    shelf: Shelf
    clock: Clock

    async def __call__(self, id: UUID) -> Job | None:
        """The job after its end; None when it had ended before. Raise Unavailable when a neighbour is away."""
        with suppress(JobEnded):
            job, order = await self._begin(id)
            await failpoints.reach("photos.leased")
            try:
                async with self.delegates.acting_for(job.owner):
                    # Taken back since it was accepted, or a new policy is in force.
                    await self.consents.require(order.face.consent_version)
                    ended = await self._make(job, order)
            except MesherBrokeDown:
                if await self._breakdowns(id) < MOST_BREAKDOWNS:
                    raise
                _log.error("the mesher breaks down over a face", job=str(id))
                return await self.give_up(id, POISONED)
            except AppError as refusal:
                if refusal.code in PASSING or isinstance(refusal, JobEnded):
                    raise
                return await self.give_up(id, _failure(refusal))
            await failpoints.reach("photos.completed")
            return ended
        return None

    async def give_up(self, id: UUID, failure: Failure) -> Job | None:
        """End a job that cannot be done; None when it has ended already."""
        with suppress(JobEnded):
            async with self.units() as unit:
                job = await locked(unit, id)
                ended = jobs.failed(job, Count(failed=1), failure, self.clock())
                await store_end(unit, ended)
            await failpoints.reach("photos.given_up")
            return ended
        return None

    async def _begin(self, id: UUID) -> tuple[Job, AvatarOrder]:
        async with self.units() as unit:
            job = await locked(unit, id)
            begun = jobs.begun(job, self.clock())
            if begun != job:
                await unit.jobs.replace(begun)
            order = await unit.photo_orders.get(id)
        if order is None:
            raise LookupError(f"the open job {id} has no order")
        return begun, order

    async def _make(self, job: Job, order: AvatarOrder) -> Job:
        ended = job
        async with self.shelf.writing() as written:
            face = await self.make_face(job.owner, order.face, written, id=job.face_id)

            async def first(unit: UnitOfWork) -> None:
                nonlocal ended
                now = await locked(unit, job.id)
                ended = jobs.completed(now, Count(made=1), {}, self.clock())
                await store_end(unit, ended)
                await self.shelf.enter_face(unit, face, written)

            await self.create_avatar(
                job.owner, order.body, order.look, order.outfit, id=job.avatar_id, first=first, face=face
            )
        await self.shelf.sweep()
        return ended

    async def _breakdowns(self, id: UUID) -> int:
        async with self.units() as unit:
            return await unit.photo_orders.broke_down(id)


def _failure(refusal: AppError) -> Failure:
    photos = refusal.photo_faults if isinstance(refusal, InvalidPhotos) else ()
    return Failure(refusal.reason, refusal.message, photos)


@dataclass(frozen=True)
class ClearPhotos:
    """Deletes the photos of jobs that have ended; a store that is away is asked again by the worker's rounds."""

    shelf: Shelf

    async def __call__(self, id: UUID) -> None:
        """The job's photos were marked with its end, so that all marked files are looked at."""
        await self.shelf.sweep_all()
