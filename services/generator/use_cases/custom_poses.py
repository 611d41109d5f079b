"""The life of a person's own pose: read out of an upload that does not outlive the call, shown, listed, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from atelierkit import failpoints
from atelierkit.repeat import repeated
from services.generator.domain.custom_poses import (
    MOST_POSES,
    CustomPose,
    CustomPosePage,
    Origin,
    ReadPose,
)
from services.generator.domain.errors import PoseNotFound, TooManyPoses
from services.generator.domain.model import Position, StoredFile
from services.generator.domain.ports import Clock, FileStore, UnitsOfWork
from services.generator.domain.ports_pictures import PoseShelf
from services.generator.domain.ports_poses import PoseReader
from services.generator.use_cases.pages import paged
from services.generator.use_cases.uploads import consumed, require_upload


@dataclass(frozen=True)
class KeepPose:
    """Stores a pose that was read; part of the verbs that read one."""

    units: UnitsOfWork
    clock: Clock
    most: int = MOST_POSES

    @repeated
    async def __call__(self, owner: str, name: str, origin: Origin, read: ReadPose) -> CustomPose:
        """Raise TooManyPoses."""
        pose = CustomPose(uuid4(), owner, name, origin, read, self.clock())
        async with self.units() as unit:
            if not await unit.custom_poses.add(pose, self.most):
                raise TooManyPoses(self.most)
        await failpoints.reach("poses.recorded")
        return pose


@dataclass(frozen=True)
class CreatePoseFromPhoto:
    """Makes a pose of a photo, which goes in any case."""

    reader: PoseReader
    store: FileStore
    keep: KeepPose

    async def __call__(self, owner: str, name: str, photo: StoredFile) -> CustomPose:
        """Raise NotAnUpload, InvalidPosePhoto, TooManyPoses and Unavailable."""
        require_upload(photo, "photo")
        async with consumed(self.store, photo):
            return await self.keep(owner, name, Origin.PHOTO, await self.reader.of_photo(photo))


@dataclass(frozen=True)
class CreatePoseFromMotion:
    """Makes a pose of a frame of a motion, whose file goes in any case."""

    reader: PoseReader
    store: FileStore
    keep: KeepPose

    async def __call__(self, owner: str, name: str, motion: StoredFile, frame: int) -> CustomPose:
        """Raise NotAnUpload, InvalidMotion, TooManyPoses and Unavailable."""
        require_upload(motion, "motion")
        async with consumed(self.store, motion):
            return await self.keep(owner, name, Origin.MOTION, await self.reader.of_motion(motion, frame))


@dataclass(frozen=True)
class GetCustomPose:
    """Shows one pose to its owner."""

    units: UnitsOfWork

    async def __call__(self, owner: str, id: UUID) -> CustomPose:
        """Raise PoseNotFound."""
        async with self.units() as unit:
            pose = await unit.custom_poses.get(owner, id)
        if pose is None:
            raise PoseNotFound(str(id), "id")
        return pose


@dataclass(frozen=True)
class ListCustomPoses:
    """Shows a person's poses, newest first."""

    units: UnitsOfWork

    async def __call__(self, owner: str, limit: int, after: Position | None) -> CustomPosePage:
        """At most ``limit`` poses, which come after the position."""
        async with self.units() as unit:
            found = await unit.custom_poses.page(owner, limit=limit + 1, after=after)
        return CustomPosePage(*paged(found, limit))


@dataclass(frozen=True)
class DeleteCustomPose:
    """Deletes a pose. What was drawn with it stays, with the avatars that it was drawn of."""

    units: UnitsOfWork

    @repeated
    async def __call__(self, owner: str, id: UUID) -> None:
        """Raise PoseNotFound."""
        async with self.units() as unit:
            if not await unit.custom_poses.remove(owner, id):
                raise PoseNotFound(str(id), "id")


@dataclass(frozen=True)
class OwnAndLibraryPoses:
    """`PoseShelf`: a UUID is one of the owner's own poses, every other word one of the library."""

    units: UnitsOfWork
    library: PoseShelf

    async def get(self, owner: str, pose_id: str) -> bytes:
        """Raise PoseNotFound and Unavailable."""
        own = _uuid(pose_id)
        if own is None:
            return await self.library.get(owner, pose_id)
        async with self.units() as unit:
            pose = await unit.custom_poses.get(owner, own)
        if pose is None:
            raise PoseNotFound(pose_id)
        return pose.read.pose


def _uuid(text: str) -> UUID | None:
    try:
        id = UUID(text)
    except ValueError:
        return None
    # Python takes other spellings of a UUID as well, which are words like any other.
    return id if str(id) == text else None
