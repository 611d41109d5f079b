"""A worker's part of a generation: the portrait, once for all pictures of a sitting, and the picture.

As in ``job_work.py`` everything may come twice. A portrait is stored once, and the picture with the job's end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

from atelierkit import failpoints
from services.generator.domain import jobs
from services.generator.domain.errors import JobEnded
from services.generator.domain.faces import FaceOrder, MeasuredColor
from services.generator.domain.generations import PICTURE, Generation, Portrait, Sitting
from services.generator.domain.jobs import Count, Job
from services.generator.domain.model import Look, Person, StoredFile, Wardrobe
from services.generator.domain.pictures import Drawn
from services.generator.domain.ports import Clock, Looks, UnitOfWork, UnitsOfWork
from services.generator.domain.ports_faces import FaceReader
from services.generator.domain.ports_generations import PlainLooks
from services.generator.domain.ports_pictures import PictureMesher, PoseShelf
from services.generator.use_cases.batch_work import locked
from services.generator.use_cases.bodies import MakePerson
from services.generator.use_cases.custom_backgrounds import HangScenery
from services.generator.use_cases.endings import store_end
from services.generator.use_cases.faces import MakeFace
from services.generator.use_cases.shelf import Shelf
from services.generator.use_cases.wearing import wearing

LEAST_CONFIDENCE = 0.4
"""Of a colour around the face: below it the usual one is nearer to the truth."""


@dataclass(frozen=True)
class SitForPortrait:
    """Makes the face of a sitting, for all pictures of it. Workers of one process do so once, the second one waits."""

    units: UnitsOfWork
    reader: FaceReader
    make_face: MakeFace
    shelf: Shelf
    _turns: dict[UUID, _Turn] = field(default_factory=dict)

    async def __call__(self, owner: str, id: UUID) -> tuple[Sitting, Portrait]:
        """Raise InvalidPhotos, Unavailable, and JobEnded where the sitting is over."""
        async with self._turn(id):
            sitting = await self._sitting(id)
            if sitting.portrait is not None:
                return sitting, sitting.portrait
            if sitting.photo is None:
                raise JobEnded("gone")
            async with self.shelf.writing() as written:
                portrait = await self._made(owner, FaceOrder((sitting.photo,)), written)
                portrait = await self._kept(id, portrait, written)
        await self.shelf.sweep()
        return sitting, portrait

    @asynccontextmanager
    async def _turn(self, id: UUID) -> AsyncIterator[None]:
        turn = self._turns.setdefault(id, _Turn())
        turn.waiting += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                del self._turns[id]

    async def _sitting(self, id: UUID) -> Sitting:
        async with self.units() as unit:
            sitting = await unit.sittings.get(id)
        if sitting is None:
            raise JobEnded("gone")
        return sitting

    async def _made(self, owner: str, order: FaceOrder, written: list[StoredFile]) -> Portrait:
        read = await self.reader.read(order)
        face = await self.make_face.of(read, owner, order, written)
        return Portrait(face.worn, face.worn_files, _told(read.hair), _told(read.clothes))

    async def _kept(self, id: UUID, made: Portrait, written: list[StoredFile]) -> Portrait:
        """The portrait that counts: another process may have been faster."""
        async with self.units() as unit:
            kept = await unit.sittings.keep_portrait(id, made)
            if kept is None:
                raise JobEnded("gone")
            needed = made.files if kept == made else ()
            await unit.files.note(needed=needed, dropped=written)
            await self.shelf.require(needed)
        await failpoints.reach("generations.portrait_kept")
        return kept


@dataclass
class _Turn:
    """Who makes a portrait, and how many are there for it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


def _told(color: MeasuredColor | None) -> str:
    return color.hex if color is not None and color.confidence >= LEAST_CONFIDENCE else ""


@dataclass(frozen=True)
class DressSitter:
    """Makes the body of a sitting in its clothes, with the face of its portrait."""

    make_person: MakePerson
    looks: Looks
    plain: PlainLooks
    shelf: Shelf

    async def __call__(self, sitting: Sitting, portrait: Portrait) -> tuple[Person, Wardrobe]:
        """Raise ImplausibleMeasurements and the catalogue's refusals; Unavailable when a neighbour is away."""
        person = await self.make_person(sitting.body)
        look = await self._look(sitting, portrait)
        outfit = sitting.outfit
        if outfit is None:
            outfit = await self.plain.clothes(person.targets, portrait.clothes_color)
        wardrobe = (await self.looks.resolve(look, outfit)).with_skin_of(portrait.face, look)
        return await wearing(self.shelf.store, person, portrait.face, portrait.files, wardrobe.look), wardrobe

    async def _look(self, sitting: Sitting, portrait: Portrait) -> Look:
        if sitting.look is not None:
            return sitting.look
        usual = await self.plain.hair(sitting.body.body_type)
        return replace(usual, hair_color=portrait.hair_color or usual.hair_color)


@dataclass(frozen=True)
class GenerationCraft:
    """Draws the person of a photo in a pose."""

    sit: SitForPortrait
    dress: DressSitter
    poses: PoseShelf
    hang: HangScenery
    mesher: PictureMesher
    shelf: Shelf
    clock: Clock

    async def asked(self, unit: UnitOfWork, job: Job) -> tuple[Generation, Sitting]:
        """The generation of an open job, and its sitting."""
        generation = await unit.generations.get(job.owner, job.id)
        if generation is None or generation.sitting_id is None:
            raise LookupError(f"the open job {job.id} has no generation")
        sitting = await unit.sittings.get(generation.sitting_id)
        if sitting is None:
            raise LookupError(f"the open job {job.id} has no sitting")
        return generation, sitting

    def consent_version(self, asked: tuple[Generation, Sitting]) -> str:
        """Empty for generations of an inherited route that asked for none."""
        return asked[1].consent_version

    async def make(self, job: Job, asked: tuple[Generation, Sitting]) -> Job:
        """Raise InvalidPhotos, PoseNotFound, BackgroundNotFound, JobEnded and Unavailable."""
        generation, sitting = asked
        sketch = generation.sketch
        pose = await self.poses.get(job.owner, sketch.pose_id)
        options = await self.hang(job.owner, sketch.options)
        sitting, portrait = await self.sit(job.owner, sitting.id)
        person, wardrobe = await self.dress(sitting, portrait)
        async with self.shelf.writing() as written:
            drawn = await self.mesher.render_picture(person, wardrobe, pose, options)
            written.append(drawn.file)
            await failpoints.reach("generations.drawn")

            async def finished(unit: UnitOfWork) -> Job:
                return await self._end(unit, job.id, drawn)

            ended = await self.shelf.finish(finished)
        await self.shelf.sweep()
        return ended

    async def broke_down(self, unit: UnitOfWork, id: UUID) -> int:
        """Counted with the generation."""
        return await unit.generations.broke_down(id)

    async def _end(self, unit: UnitOfWork, id: UUID, drawn: Drawn) -> Job:
        now = await locked(unit, id)
        ended = jobs.completed(now, Count(made=1), {PICTURE: drawn.file}, self.clock())
        await unit.generations.clamped(id, drawn.clamped_bones)
        await store_end(unit, ended)
        return ended
