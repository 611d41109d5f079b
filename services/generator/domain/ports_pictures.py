"""What the verbs of pictures need from the outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from services.generator.domain.model import Person, StoredFile, Wardrobe
from services.generator.domain.pictures import Drawn, PictureOptions, VideoOptions


class PoseShelf(Protocol):
    """Poses that a person can take: those of the library, and the person's own."""

    async def get(self, owner: str, pose_id: str) -> bytes:
        """The contract's ``Pose``, passed on unread: a pose of the library by its word, one of the owner's own by its UUID.

        Raise PoseNotFound and Unavailable.
        """
        ...


class PictureMesher(Protocol):
    """Draws people. The same arguments always give the same bytes."""

    async def render_picture(
        self, person: Person, wardrobe: Wardrobe, pose: bytes | None, options: PictureOptions
    ) -> Drawn:
        """Draw and store that picture; without a pose in the A pose. Unavailable when the mesher does not answer, or cannot
        draw; BackgroundNotFound where what stands behind is gone; refuses unknown face shapes."""
        ...


Told = Callable[[int], Awaitable[None]]
"""Hears how far something is, 0 to 100; what it raises ends it."""


class VideoMesher(Protocol):
    """Films people. The same arguments always give the same bytes."""

    async def render_video(
        self,
        person: Person,
        wardrobe: Wardrobe,
        poses: Sequence[bytes | None],
        options: VideoOptions,
        told: Told,
    ) -> StoredFile:
        """Draw and store that video; None is the A pose. With one pose the camera goes round once, with more the person goes
        from the first to the last and back. Raise as ``render_picture`` does."""
        ...
