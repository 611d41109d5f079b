"""What the verbs of a person's own poses need from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.generator.domain.custom_poses import CustomPose, ReadPose
from services.generator.domain.model import Position, StoredFile


class CustomPoses(Protocol):
    """The records, which never change. Somebody else's pose is treated as one that does not exist."""

    async def add(self, pose: CustomPose, most: int) -> bool:
        """Store a new pose; False, and nothing stored, where its owner has so many. Of those that are added side by side
        each waits for the one before, and is counted with it."""
        ...

    async def get(self, owner: str, id: UUID) -> CustomPose | None:
        """One pose."""
        ...

    async def remove(self, owner: str, id: UUID) -> bool:
        """Delete a pose; whether there was one."""
        ...

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[CustomPose]:
        """Newest first: at most ``limit`` poses that come after the position."""
        ...


class PoseReader(Protocol):
    """Reads poses out of uploads."""

    async def of_photo(self, photo: StoredFile) -> ReadPose:
        """The pose of the one person in it. Raise InvalidPosePhoto; Unavailable when a network does not answer."""
        ...

    async def of_motion(self, motion: StoredFile, frame: int) -> ReadPose:
        """The pose of one frame of a BVH file. Raise InvalidMotion."""
        ...
