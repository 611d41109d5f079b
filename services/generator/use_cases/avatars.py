"""The life of an avatar: made, shown, listed, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from atelierkit import failpoints
from atelierkit.repeat import repeated
from services.generator.domain.errors import AvatarNotFound
from services.generator.domain.faces import Face
from services.generator.domain.model import (
    Avatar,
    BodySpec,
    Files,
    Look,
    Outfit,
    Page,
    Position,
    Recipe,
    StoredFile,
)
from services.generator.domain.options import DRESSED
from services.generator.domain.ports import Clock, Estimator, Looks, Mesher, UnitOfWork, UnitsOfWork
from services.generator.domain.ports_pictures import PoseShelf
from services.generator.domain.receipts import delivered_mm, receipt
from services.generator.use_cases.bodies import MakePerson
from services.generator.use_cases.pages import paged
from services.generator.use_cases.shelf import InUnit, Shelf
from services.generator.use_cases.wearing import wearing

_POINTS_MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class CreateAvatar:
    """Makes an avatar; nothing is stored when anything fails.

    A job gives the ``id``, so that what is done again is the same avatar, and what else is stored with it.
    """

    make_person: MakePerson
    estimator: Estimator
    looks: Looks
    mesher: Mesher
    shelf: Shelf
    clock: Clock
    poses: PoseShelf

    async def __call__(
        self,
        owner: str,
        spec: BodySpec,
        look: Look,
        outfit: Outfit,
        *,
        id: UUID | None = None,
        first: InUnit | None = None,
        face: Face | None = None,
        pose_id: str = "",
    ) -> Avatar:
        """Raise ImplausibleMeasurements, PoseNotFound and the catalogue's refusals; Unavailable when a neighbour is away."""
        worn, worn_files = (face.worn, face.worn_files) if face else (None, None)
        if pose_id:
            await self.poses.get(owner, pose_id)
        person = await self.make_person(spec)
        wardrobe = (await self.looks.resolve(look, outfit)).with_skin_of(worn, look)
        person = await wearing(self.shelf.store, person, worn, worn_files, wardrobe.look)
        async with self.shelf.writing() as written:
            build = await self.mesher.build(person, wardrobe, DRESSED)
            written.append(build.file)
            await failpoints.reach("generator.built")
            points = await self.shelf.store.put(person.points, _POINTS_MEDIA_TYPE)
            written.append(points)
            await failpoints.reach("generator.points_stored")
            now = self.clock()
            avatar = Avatar(
                id=id or uuid4(),
                owner=owner,
                recipe=Recipe(spec, person.model_version, wardrobe.look, wardrobe.outfit, worn, pose_id),
                receipt=receipt(person.targets, build, self.estimator.weight(spec, delivered_mm(build))),
                files=Files(points=points, dressed=build.file, face=worn_files),
                created_at=now,
                updated_at=now,
            )
            await self.shelf.add(avatar, first)
            await failpoints.reach("generator.recorded")
        return avatar


@dataclass(frozen=True)
class GetAvatar:
    """Shows one avatar to its owner."""

    units: UnitsOfWork

    @repeated
    async def __call__(self, owner: str, id: UUID) -> Avatar:
        """Raise AvatarNotFound."""
        async with self.units() as unit:
            avatar = await unit.avatars.get(owner, id)
        if avatar is None:
            raise AvatarNotFound
        return avatar


@dataclass(frozen=True)
class ListAvatars:
    """Shows a person's avatars, newest first."""

    units: UnitsOfWork

    async def __call__(self, owner: str, limit: int, after: Position | None) -> Page:
        """At most ``limit`` avatars, which come after the position."""
        async with self.units() as unit:
            found = await unit.avatars.page(owner, limit=limit + 1, after=after)
        return Page(*paged(found, limit))


@dataclass(frozen=True)
class DeleteAvatar:
    """Deletes an avatar, and its files unless another avatar has the same."""

    units: UnitsOfWork
    shelf: Shelf

    @repeated
    async def __call__(self, owner: str, id: UUID) -> None:
        """Raise AvatarNotFound."""
        async with self.units() as unit:
            files = await removed_avatar(unit, owner, id)
            if not files:
                raise AvatarNotFound
            await unit.files.note(dropped=files)
        await self.shelf.sweep()


async def removed_avatar(unit: UnitOfWork, owner: str, id: UUID) -> Sequence[StoredFile]:
    """The files of an avatar that is deleted herewith, its album's and its links' too; none where there is none."""
    drawn = await unit.albums.clear(owner, id)
    if await unit.avatars.get(owner, id) is None:
        return ()
    shared = await unit.shares.clear(id)
    avatar = await unit.avatars.remove(owner, id)
    return (*avatar.files.all(), *drawn, *shared) if avatar else ()
