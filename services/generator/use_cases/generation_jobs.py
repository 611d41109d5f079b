"""Generations are accepted, with their photo, or refused, and then it is gone; and they are shown, listed, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from atelierkit import failpoints
from atelierkit.repeat import repeated
from services.generator.domain import jobs
from services.generator.domain.errors import GenerationNotFound, PoseNotFound
from services.generator.domain.faces import Terms
from services.generator.domain.generations import (
    Generation,
    GenerationOrder,
    GenerationPage,
    GenerationStats,
    Sitting,
    Sketch,
)
from services.generator.domain.jobs import Count, Job, Kind, Queued
from services.generator.domain.model import Look, Position, StoredFile
from services.generator.domain.ports import Clock, Estimator, Looks, UnitOfWork, UnitsOfWork
from services.generator.domain.ports_faces import Consents
from services.generator.domain.ports_generations import KeptPhotos
from services.generator.domain.ports_jobs import Credits, Task
from services.generator.domain.ports_pictures import PoseShelf
from services.generator.use_cases.acceptance import AcceptJobs
from services.generator.use_cases.custom_backgrounds import HangScenery
from services.generator.use_cases.endings import left_behind, store_end
from services.generator.use_cases.jobs import queued
from services.generator.use_cases.pages import paged
from services.generator.use_cases.shelf import Shelf
from services.generator.use_cases.uploads import require_upload

Shown = tuple[Generation, int]
"""A generation, and its place among the jobs that wait."""


@dataclass(frozen=True)
class CreateGenerations:
    """Accepts a generation per pose, all or none. Their photo lives until the last one ends, or as long as they do."""

    units: UnitsOfWork
    estimator: Estimator
    looks: Looks
    poses: PoseShelf
    hang: HangScenery
    credits: Credits
    consents: Consents
    photos: KeptPhotos
    shelf: Shelf
    clock: Clock
    terms: Terms

    async def __call__(self, owner: str, order: GenerationOrder, request_id: UUID) -> Sequence[Shown]:
        """In the order of the poses; those that were accepted before, where the same person's request of that id was.

        Raise NotAnUpload, ConsentRequired, ImplausibleMeasurements, PoseNotFound, BackgroundNotFound, the catalogue's
        refusals, InvalidPhotos for a photo to keep that makes no picture, INSUFFICIENT_CREDITS, GenerationNotFound where
        those that were accepted before are deleted, and Unavailable.
        """
        require_upload(order.photo.file, "photo")
        async with self.shelf.writing() as written:
            written.append(order.photo.file)
            accepted = await self._accepted(owner, order, uuid5(request_id, owner), written)
            shown = await self._shown(owner, accepted)
            if not shown:
                raise GenerationNotFound
            await self._drop_unused(written, shown)
        return shown

    async def _accepted(
        self, owner: str, order: GenerationOrder, base: UUID, written: list[StoredFile]
    ) -> Sequence[Queued]:
        accept = AcceptJobs(self.units, self.credits)
        ids = [uuid5(base, sketch.pose_id) for sketch in order.sketches]
        if known := await accept.accepted(ids):
            return known
        await self._check(owner, order)
        if order.keep_photo:
            order = replace(order, photo=await self.photos.to_keep(order.photo))
            written.append(order.photo.file)
            await failpoints.reach("generations.photo_renewed")
        accepted = [await self._job(owner, order, *each) for each in zip(ids, order.sketches, strict=True)]

        async def entries(unit: UnitOfWork, new: Sequence[Job]) -> None:
            await self._enter(unit, order, new)

        return await accept(accepted, entries)

    async def _check(self, owner: str, order: GenerationOrder) -> None:
        if order.consent_version:
            await self.consents.require(order.consent_version)
        await asyncio.to_thread(self.estimator.complete, order.body)
        await self.looks.resolve(order.look or Look(), order.outfit or ())
        for index, sketch in enumerate(order.sketches):
            try:
                await self.poses.get(owner, sketch.pose_id)
            except PoseNotFound as unknown:
                raise PoseNotFound(unknown.pose_id, f"pose_ids[{index}]") from unknown
            await self.hang(owner, sketch.options)

    async def _job(self, owner: str, order: GenerationOrder, id: UUID, sketch: Sketch) -> Job:
        price = await self.credits.price(Kind.POSE_GENERATION, order.extras(sketch))
        return Job(id, owner, Kind.POSE_GENERATION, order.lane, price, total=1, created_at=self.clock())

    async def _enter(self, unit: UnitOfWork, order: GenerationOrder, new: Sequence[Job]) -> None:
        now = self.clock()
        sitting = Sitting(
            id=uuid5(new[0].id, "sitting"),
            photo=order.photo,
            body=order.body,
            look=order.look,
            outfit=order.outfit,
            consent_version=order.consent_version,
            photo_delete_at=now + self.terms.photos if order.keep_photo else None,
        )
        await unit.sittings.add(sitting)
        await unit.files.note(needed=sitting.files())
        await self.shelf.require(sitting.files())
        for job, sketch in zip(new, order.sketches, strict=True):
            await unit.generations.add(Generation(job, sketch, sitting.id))
            await unit.rail.put(Task.GENERATION, job.id, job.lane)

    async def _shown(self, owner: str, accepted: Sequence[Queued]) -> Sequence[Shown]:
        """Without those that were deleted since."""
        async with self.units() as unit:
            found = [(await unit.generations.get(owner, job.id), position) for job, position in accepted]
        return [(generation, position) for generation, position in found if generation is not None]

    async def _drop_unused(self, written: Sequence[StoredFile], shown: Sequence[Shown]) -> None:
        """The upload of a photo that is kept as another file, and a photo that an accepted request has brought once more."""
        sittings = {generation.sitting_id for generation, _ in shown}
        async with self.units() as unit:
            kept = [await unit.sittings.get(id) for id in sittings if id is not None]
        needed = {file for sitting in kept if sitting for file in sitting.files()}
        if unused := set(written) - needed:
            await self.shelf.drop(unused)


@dataclass(frozen=True)
class GetGeneration:
    """Shows one generation to its owner."""

    units: UnitsOfWork

    async def __call__(self, owner: str, id: UUID) -> Shown:
        """Raise GenerationNotFound."""
        async with self.units() as unit:
            generation = await unit.generations.get(owner, id)
            if generation is None:
                raise GenerationNotFound
            return generation, (await queued(unit, generation.job)).position


@dataclass(frozen=True)
class ListGenerations:
    """Shows a person's generations, newest first."""

    units: UnitsOfWork

    async def __call__(
        self, owner: str, limit: int, *, offset: int = 0, after: Position | None = None
    ) -> GenerationPage:
        """At most ``limit`` of them, which come after the position, or after so many others."""
        async with self.units() as unit:
            found = await unit.generations.page(
                owner, limit=limit + 1, offset=0 if after else offset, after=after
            )
            total = await unit.generations.count(owner)
        shown, following = paged(found, limit)
        return GenerationPage(shown, total, following)


@dataclass(frozen=True)
class SumGenerations:
    """Sums over a person's generations."""

    units: UnitsOfWork

    async def __call__(self, owner: str) -> GenerationStats:
        """Of those that are not deleted."""
        async with self.units() as unit:
            return await unit.generations.stats(owner)


@dataclass(frozen=True)
class DeleteGeneration:
    """Deletes a generation with its files. Its job stays on the person's list: what was paid was paid."""

    units: UnitsOfWork
    shelf: Shelf
    clock: Clock

    @repeated
    async def __call__(self, owner: str, id: UUID) -> Job | None:
        """One that has not ended is cancelled and costs nothing: gives its job then. Raise GenerationNotFound."""
        async with self.units() as unit:
            job = await unit.jobs.lock(id, owner)
            if job is None or await unit.generations.get(owner, id) is None:
                raise GenerationNotFound
            cancelled = await delete(unit, job, lambda job: jobs.cancelled(job, Count(), self.clock()))
        await failpoints.reach("generations.deleted")
        await self.shelf.sweep()
        return cancelled


async def delete(unit: UnitOfWork, job: Job, end: Callable[[Job], Job]) -> Job | None:
    """Delete the generation of a job, which this unit of work has locked; one that is open ends so, and is given."""
    ended = None if job.state.ended else end(job)
    if ended is not None:
        await store_end(unit, ended)
    generation = await unit.generations.remove(job.owner, job.id)
    if generation is not None:
        picture = (generation.picture,) if generation.picture else ()
        await unit.files.note(dropped=(*picture, *await left_behind(unit, generation.sitting_id)))
    return ended
