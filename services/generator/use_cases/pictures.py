"""Pictures of avatars: drawn from their recipes, and kept by what they show."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from atelierkit import failpoints
from atelierkit.repeat import repeated
from services.generator.domain.albums import PICTURES, Medium, content_key
from services.generator.domain.errors import Outdated, PictureNotFound
from services.generator.domain.model import Avatar, StoredFile
from services.generator.domain.pictures import Drawn, PictureOptions
from services.generator.domain.ports import Clock, Looks, UnitOfWork, UnitsOfWork
from services.generator.domain.ports_pictures import PictureMesher, PoseShelf
from services.generator.use_cases.avatars import GetAvatar
from services.generator.use_cases.custom_backgrounds import HangScenery
from services.generator.use_cases.newest import on_newest
from services.generator.use_cases.posing import taken_pose
from services.generator.use_cases.shelf import Shelf
from services.generator.use_cases.wearing import person_of, wardrobe_of


@dataclass(frozen=True)
class Album:
    """What was drawn of avatars, with its files; part of the verbs that draw."""

    shelf: Shelf
    clock: Clock

    async def find(self, avatar: Avatar, content: str) -> Drawn | None:
        """What was drawn with that key, where its file is there."""
        async with self.shelf.units() as unit:
            known = await unit.albums.find(avatar.id, content)
        return known if known is not None and await self.shelf.store.exists(known.file) else None

    @repeated
    async def keep(self, avatar: Avatar, content: str, drawn: Drawn) -> None:
        """Enter a picture. Raise AvatarNotFound where the avatar was deleted meanwhile, and Outdated."""
        async with self.shelf.units() as unit:
            await self.enter(unit, avatar, content, Medium.PICTURE, drawn)
        await self.shelf.sweep()

    async def enter(
        self, unit: UnitOfWork, avatar: Avatar, content: str, medium: Medium, drawn: Drawn
    ) -> None:
        """The same in a unit of work that does other things as well; the next sweep deletes what left the album.

        Raise Outdated where the avatar has another face by now: what shows the one of before would outlive it.
        """
        left = await unit.albums.keep(avatar.owner, avatar.id, content, medium, drawn, self.clock())
        # The album holds the avatar as it is: no face goes on or off until the unit of work ends.
        now = await unit.avatars.get(avatar.owner, avatar.id)
        if now is None or now.recipe.face != avatar.recipe.face:
            raise Outdated
        await unit.files.note(needed=[drawn.file], dropped=set(left) - {drawn.file})
        await self.shelf.require([drawn.file])


@dataclass(frozen=True)
class ExportPicture:
    """Gives a picture of an avatar, drawn when it is not there."""

    get_avatar: GetAvatar
    poses: PoseShelf
    hang: HangScenery
    looks: Looks
    mesher: PictureMesher
    album: Album

    async def __call__(self, owner: str, id: UUID, pose_id: str | None, options: PictureOptions) -> Drawn:
        """In a pose by its id, in A pose where that is empty, or in the avatar's own where it is None.

        Raise AvatarNotFound, PoseNotFound, BackgroundNotFound and the mesher's refusal of face shapes; Unavailable when a
        neighbour is away, or the mesher cannot draw.
        """
        return await on_newest(lambda: self._once(owner, id, pose_id, options))

    async def _once(self, owner: str, id: UUID, pose_id: str | None, options: PictureOptions) -> Drawn:
        avatar = await self.get_avatar(owner, id)
        pose = await taken_pose(self.poses, avatar, pose_id)
        options = await self.hang(owner, options)
        content = content_key(avatar, [pose], options)
        known = await self.album.find(avatar, content)
        return known or await self._drawn(avatar, pose, options, content)

    async def _drawn(
        self, avatar: Avatar, pose: bytes | None, options: PictureOptions, content: str
    ) -> Drawn:
        wardrobe = await wardrobe_of(self.looks, avatar)
        person = await person_of(self.album.shelf.store, avatar, wardrobe.look)
        async with self.album.shelf.writing() as written:
            drawn = await self.mesher.render_picture(person, wardrobe, pose, options)
            written.append(drawn.file)
            await failpoints.reach("pictures.drawn")
            await self.album.keep(avatar, content, drawn)
        return drawn


@dataclass(frozen=True)
class GetPicture:
    """Shows a picture that is there to the owner of its avatar."""

    units: UnitsOfWork

    async def __call__(self, owner: str, sha256: str) -> StoredFile:
        """Raise PictureNotFound."""
        async with self.units() as unit:
            file = await unit.albums.picture(owner, f"{PICTURES}{sha256}")
        if file is None:
            raise PictureNotFound
        return file
