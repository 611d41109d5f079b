"""What nobody asks for and has to be done: faces whose time is over, photos kept long enough, uploads left behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from services.generator.domain.faces import Terms
from services.generator.domain.model import StoredFile
from services.generator.domain.ports import Clock, UnitOfWork, UnitsOfWork
from services.generator.use_cases.shelf import Shelf

_AT_ONCE = 50
"""Faces of one transaction."""


class Cleared(NamedTuple):
    """What a round has deleted."""

    faces: int
    """Faces that had expired."""
    photos: int
    """Faces and sittings whose photos were kept as long as they may be."""
    uploads: int
    """Files without a record."""


@dataclass(frozen=True)
class ClearFaces:
    """Deletes what has had its time."""

    units: UnitsOfWork
    shelf: Shelf
    clock: Clock
    terms: Terms

    async def __call__(self) -> Cleared:
        """Raise Unavailable when database or store do not answer."""
        faces = photos = 0
        while count := await self._some_faces():
            faces += count
        while count := await self._some_photos():
            photos += count
        await self.shelf.sweep_all()
        return Cleared(faces, photos, await self.shelf.tidy_uploads(self.clock() - self.terms.uploads))

    async def _some_faces(self) -> int:
        async with self.units() as unit:
            over = await unit.faces.expired(self.clock(), _AT_ONCE)
            for id in over:
                face = await unit.faces.remove(id)
                await unit.files.note(dropped=face.files() if face else ())
        return len(over)

    async def _some_photos(self) -> int:
        async with self.units() as unit:
            faces = await unit.faces.retained_too_long(self.clock(), _AT_ONCE)
            sittings = await unit.sittings.retained_too_long(self.clock(), _AT_ONCE)
            await unit.files.note(dropped=await _forgotten(unit, faces, sittings))
        return len(faces) + len(sittings)


async def _forgotten(
    unit: UnitOfWork, faces: Sequence[UUID], sittings: Sequence[UUID]
) -> Sequence[StoredFile]:
    of_faces = [file for id in faces for file in await unit.faces.forget_photos(id)]
    return of_faces + [file for id in sittings for file in await unit.sittings.forget_photo(id)]
