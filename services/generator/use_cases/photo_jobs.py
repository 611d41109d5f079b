"""Avatars from photos are accepted, with the photos, or refused, and then the photos are gone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID, uuid5

from services.generator.domain.faces import AvatarOrder
from services.generator.domain.jobs import Job, Kind, Lane, Queued
from services.generator.domain.ports import Clock, Estimator, Looks, UnitOfWork, UnitsOfWork
from services.generator.domain.ports_faces import Consents
from services.generator.domain.ports_jobs import Credits, Task
from services.generator.use_cases.acceptance import AcceptJob
from services.generator.use_cases.shelf import Shelf
from services.generator.use_cases.uploads import require_photos


@dataclass(frozen=True)
class CreateAvatarFromPhotos:
    """Accepts an avatar from photos as a job. Its uploads live until the job ends, and are deleted where it has none."""

    units: UnitsOfWork
    estimator: Estimator
    looks: Looks
    credits: Credits
    consents: Consents
    shelf: Shelf
    clock: Clock

    async def __call__(self, owner: str, order: AvatarOrder, request_id: UUID) -> Queued:
        """The job; the one that was accepted before, where the same person's request of that id was.

        Raise NotAnUpload, ConsentRequired, ImplausibleMeasurements, the catalogue's refusals, INSUFFICIENT_CREDITS and
        Unavailable.
        """
        require_photos(order.face)
        async with self.shelf.writing() as uploads:
            uploads.extend(order.face.files())
            accepted = await self._accepted(owner, order, uuid5(request_id, owner))
            await self._drop_repeated(accepted.job, order)
        return accepted

    async def _accepted(self, owner: str, order: AvatarOrder, id: UUID) -> Queued:
        accept = AcceptJob(self.units, self.credits)
        if (known := await accept.accepted(id)) is not None:
            return known
        await self.consents.require(order.face.consent_version)
        await asyncio.to_thread(self.estimator.complete, order.body)
        await self.looks.resolve(order.look, order.outfit)
        price = await self.credits.price(Kind.AVATAR_FROM_PHOTOS)
        job = Job(id, owner, Kind.AVATAR_FROM_PHOTOS, Lane.NORMAL, price, total=1, created_at=self.clock())

        async def entry(unit: UnitOfWork, job: Job) -> None:
            await unit.photo_orders.add(job.id, order)
            await unit.files.note(needed=order.face.files())
            await self.shelf.require(order.face.files())
            await unit.rail.put(Task.PHOTOS, job.id, job.lane)

        return await accept(job, entry)

    async def _drop_repeated(self, job: Job, order: AvatarOrder) -> None:
        """A request that was accepted before has brought its photos once more."""
        async with self.units() as unit:
            accepted = await unit.photo_orders.get(job.id)
        kept = accepted.face.files() if accepted else ()
        spare = set(order.face.files()) - set(kept)
        if spare:
            await self.shelf.drop(spare)
