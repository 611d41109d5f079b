"""What jobs of avatars from photos make, and how their photos go."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.generator.domain import jobs
from services.generator.domain.faces import AvatarOrder
from services.generator.domain.jobs import Count, Job
from services.generator.domain.ports import Clock, UnitOfWork
from services.generator.use_cases.avatars import CreateAvatar
from services.generator.use_cases.batch_work import locked
from services.generator.use_cases.endings import store_end
from services.generator.use_cases.faces import MakeFace
from services.generator.use_cases.shelf import Shelf


@dataclass(frozen=True)
class AvatarCraft:
    """Makes the face and the avatar of a job."""

    make_face: MakeFace
    create_avatar: CreateAvatar
    shelf: Shelf
    clock: Clock

    async def asked(self, unit: UnitOfWork, job: Job) -> AvatarOrder:
        """The order, which an open job has."""
        order = await unit.photo_orders.get(job.id)
        if order is None:
            raise LookupError(f"the open job {job.id} has no order")
        return order

    def consent_version(self, asked: AvatarOrder) -> str:
        """Never empty: no route makes avatars of photos without."""
        return asked.face.consent_version

    async def make(self, job: Job, asked: AvatarOrder) -> Job:
        """Raise InvalidPhotos, JobEnded and Unavailable."""
        ended = job
        async with self.shelf.writing() as written:
            face = await self.make_face(job.owner, asked.face, written, id=job.face_id)

            async def first(unit: UnitOfWork) -> None:
                nonlocal ended
                now = await locked(unit, job.id)
                ended = jobs.completed(now, Count(made=1), {}, self.clock())
                await store_end(unit, ended)
                await self.shelf.enter_face(unit, face, written)

            await self.create_avatar(
                job.owner, asked.body, asked.look, asked.outfit, id=job.avatar_id, first=first, face=face
            )
        await self.shelf.sweep()
        return ended

    async def broke_down(self, unit: UnitOfWork, id: UUID) -> int:
        """Counted with the order."""
        return await unit.photo_orders.broke_down(id)


@dataclass(frozen=True)
class ClearPhotos:
    """Deletes the photos of jobs that have ended; a store that is away is asked again by the worker's rounds."""

    shelf: Shelf

    async def __call__(self, id: UUID) -> None:
        """The job's photos were marked with its end, so that all marked files are looked at."""
        await self.shelf.sweep_all()
