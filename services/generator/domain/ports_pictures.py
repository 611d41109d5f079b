"""What the verbs of pictures need from the outside."""

from __future__ import annotations

from typing import Protocol

from services.generator.domain.model import Person, Wardrobe
from services.generator.domain.pictures import Drawn, PictureOptions


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
        draw; refuses unknown face shapes."""
        ...
