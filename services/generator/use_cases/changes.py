"""Changes of an avatar whose body stays: other looks, another face, and further files.

Building takes longer than a transaction should, so no lock is held meanwhile: a change is stored only
on the revision that it was made from, and made again when somebody was faster.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from services.generator.domain.errors import FaceNotFound, Outdated
from services.generator.domain.faces import Face
from services.generator.domain.model import (
    Avatar,
    Build,
    Look,
    LookChange,
    Outfit,
    StoredFile,
    Wardrobe,
)
from services.generator.domain.options import DRESSED, FileOptions, Parts
from services.generator.domain.ports import Clock, Looks, Mesher
from services.generator.domain.ports_pictures import PoseShelf
from services.generator.domain.receipts import receipt
from services.generator.use_cases.avatars import GetAvatar
from services.generator.use_cases.faces import GetFace
from services.generator.use_cases.newest import on_newest
from services.generator.use_cases.posing import taken_pose
from services.generator.use_cases.shelf import Shelf
from services.generator.use_cases.wearing import person_of


@dataclass(frozen=True)
class Rebuild:
    """Builds an avatar again from its stored points, targets and face; part of every change."""

    mesher: Mesher
    shelf: Shelf

    async def __call__(
        self, avatar: Avatar, wardrobe: Wardrobe, options: FileOptions, pose: bytes | None = None
    ) -> Build:
        """The same body, bit for bit, whatever network and population are in use by now."""
        person = await person_of(self.shelf.store, avatar, wardrobe.look)
        return await self.mesher.build(person, wardrobe, options.in_pose(pose), pose)


@dataclass(frozen=True)
class Redress:
    """Stores an avatar in other looks, or with another face; part of the verbs that change one."""

    looks: Looks
    rebuild: Rebuild
    shelf: Shelf
    clock: Clock

    async def __call__(self, old: Avatar, now: Avatar, look: Look, outfit: Outfit) -> Avatar:
        """The next revision of ``old``, with the face of ``now``. Where nothing changes, ``old`` itself."""
        wardrobe = (await self.looks.resolve(look, outfit)).with_skin_of(now.recipe.face, look)
        wanted = replace(now.recipe, look=wardrobe.look, outfit=wardrobe.outfit)
        if wanted == old.recipe:
            return old
        if replace(wanted, pose_id=old.recipe.pose_id) == old.recipe:
            new = now.reposed(self.clock())
            await self.shelf.replace(old, new)
            return new
        async with self.shelf.writing() as written:
            build = await self.rebuild(now, wardrobe, DRESSED)
            written.append(build.file)
            # The same body weighs the same.
            made = receipt(old.receipt.targets, build, old.receipt.weight)
            new = now.redressed(wardrobe, made, build.file, self.clock())
            await self.shelf.replace(old, new)
        return new


@dataclass(frozen=True)
class UpdateAvatar:
    """Changes look, outfit and pose; what is not given stays."""

    get_avatar: GetAvatar
    redress: Redress
    poses: PoseShelf

    async def __call__(
        self, owner: str, id: UUID, look: LookChange, outfit: Outfit | None, pose_id: str | None = None
    ) -> Avatar:
        """Raise AvatarNotFound, PoseNotFound and the catalogue's refusals; Unavailable when a neighbour is away."""
        return await on_newest(lambda: self._once(owner, id, look, outfit, pose_id))

    async def _once(
        self, owner: str, id: UUID, look: LookChange, outfit: Outfit | None, pose_id: str | None
    ) -> Avatar:
        old = await self.get_avatar(owner, id)
        if pose_id:
            await self.poses.get(owner, pose_id)
        now = old if pose_id is None else old.in_pose(pose_id)
        return await self.redress(
            old, now, look.applied(old.recipe.look), old.recipe.outfit if outfit is None else outfit
        )


@dataclass(frozen=True)
class SetAvatarFace:
    """Puts a face on an avatar, or takes it off; the body stays.

    A face brings its own skin; another one can be named afterwards. Without a face the skin is the default.
    """

    get_avatar: GetAvatar
    get_face: GetFace
    redress: Redress

    async def __call__(self, owner: str, id: UUID, face_id: UUID | None) -> Avatar:
        """Raise AvatarNotFound, and FaceNotFound for one that is not the caller's own; Unavailable."""
        return await on_newest(lambda: self._once(owner, id, face_id))

    async def _once(self, owner: str, id: UUID, face_id: UUID | None) -> Avatar:
        old = await self.get_avatar(owner, id)
        face = None if face_id is None else await self._own(owner, face_id)
        worn, files = (face.worn, face.worn_files) if face else (None, None)
        if worn == old.recipe.face:
            return old
        look = replace(old.recipe.look, skin_id="")
        return await self.redress(old, old.with_face(worn, files), look, old.recipe.outfit)

    async def _own(self, owner: str, id: UUID) -> Face:
        face = await self.get_face(owner, id)
        if face.owner != owner:
            raise FaceNotFound
        return face


@dataclass(frozen=True)
class ExportAvatar:
    """Gives a file of an avatar, built when it is not there, and remembered."""

    get_avatar: GetAvatar
    poses: PoseShelf
    looks: Looks
    rebuild: Rebuild
    shelf: Shelf

    async def __call__(
        self, owner: str, id: UUID, options: FileOptions, pose_id: str | None = None
    ) -> StoredFile:
        """In a pose by its id, in the rest pose where that is empty, or in the avatar's own where it is None.

        Raise AvatarNotFound, PoseNotFound, and the mesher's refusal of face shapes; Unavailable when a neighbour is away.
        """
        return await on_newest(lambda: self._once(owner, id, options, pose_id))

    async def _once(self, owner: str, id: UUID, options: FileOptions, pose_id: str | None) -> StoredFile:
        avatar = await self.get_avatar(owner, id)
        pose = await taken_pose(self.poses, avatar, pose_id)
        options = options.in_pose(pose)
        known = avatar.files.of(options)
        if known is not None and await self.shelf.store.exists(known):
            return known
        # The body alone needs no clothes, so it can be had even when a garment has left the catalogue.
        outfit = avatar.recipe.outfit if options.parts is Parts.ALL else ()
        wardrobe = await self.looks.resolve(avatar.recipe.look, outfit)
        wardrobe = wardrobe.with_skin_of(avatar.recipe.face, avatar.recipe.look)
        async with self.shelf.writing() as written:
            build = await self.rebuild(avatar, wardrobe, options, pose)
            written.append(build.file)
            await self._remember(avatar, options, build.file)
        return build.file

    async def _remember(self, avatar: Avatar, options: FileOptions, file: StoredFile) -> None:
        """Store the file, with whatever other files were stored meanwhile; Outdated when the looks are others.

        Somebody who asks for all formats at once must not build each again because another one was faster.
        """
        built_from = avatar.recipe
        while avatar.recipe == built_from:
            try:
                return await self.shelf.replace(avatar, avatar.with_file(options, file))
            except Outdated:
                avatar = await self.get_avatar(avatar.owner, avatar.id)
        raise Outdated
