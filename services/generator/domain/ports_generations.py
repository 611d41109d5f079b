"""What the verbs of generations need from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.generator.domain.faces import Photo
from services.generator.domain.generations import Generation, GenerationStats, Portrait, Sitting
from services.generator.domain.model import BodyType, Look, Outfit, Position, StoredFile, Targets


class Generations(Protocol):
    """The records of generations. Somebody else's is treated as one that does not exist."""

    async def add(self, generation: Generation) -> None:
        """Store a new generation, whose job and sitting are stored before it."""
        ...

    async def get(self, owner: str, id: UUID) -> Generation | None:
        """One generation, with its job as it is now."""
        ...

    async def sitting_of(self, id: UUID) -> UUID | None:
        """The sitting of a generation; None where nothing is left of either."""
        ...

    async def page(
        self, owner: str, *, limit: int, offset: int = 0, after: Position | None = None
    ) -> Sequence[Generation]:
        """Newest first: at most ``limit`` of those that come after the position, without the first ``offset``."""
        ...

    async def count(self, owner: str) -> int:
        """How many a person has."""
        ...

    async def stats(self, owner: str) -> GenerationStats:
        """Sums over those that a person has."""
        ...

    async def clamped(self, id: UUID, bones: Sequence[str]) -> None:
        """Note which joints were turned back."""
        ...

    async def broke_down(self, id: UUID) -> int:
        """Count another breakdown of the mesher over it; gives how many there were, 0 where it is gone."""
        ...

    async def remove(self, owner: str, id: UUID) -> Generation | None:
        """Delete a generation and say what it was; None when there is none. Its job stays, without results."""
        ...


class Sittings(Protocol):
    """What the generations of one request have in common. Each is locked after the job that leads to it."""

    async def add(self, sitting: Sitting) -> None:
        """Store a new sitting. Its photo is noted in the same unit of work."""
        ...

    async def get(self, id: UUID) -> Sitting | None:
        """One sitting, whoever's it is."""
        ...

    async def keep_portrait(self, id: UUID, portrait: Portrait) -> Portrait | None:
        """Store a portrait, unless there is one, which stays: gives the one that is stored; None where the sitting is gone,
        or its work is done. Its files are noted in the same unit of work."""
        ...

    async def leave(self, id: UUID) -> Sequence[StoredFile]:
        """A generation of it has ended or is deleted: gives the files that none of the others needs, which are no longer
        its own. Of those that leave at the same time the last one takes them along."""
        ...

    async def retained_too_long(self, now: datetime, limit: int) -> Sequence[UUID]:
        """Sittings whose photos have been kept for as long as they may."""
        ...

    async def forget_photo(self, id: UUID) -> Sequence[StoredFile]:
        """The photo of a sitting, which is no longer its own; nothing where it has none."""
        ...


class KeptPhotos(Protocol):
    """What is stored of a photo that its owner wants to keep."""

    async def to_keep(self, photo: Photo) -> Photo:
        """The photo as a new file of its own: upright pixels, and nothing that the camera wrote beside them. Raise
        InvalidPhotos where the upload makes no picture, and Unavailable."""
        ...


class PlainLooks(Protocol):
    """What the catalogue has for somebody who asks for nothing in particular."""

    async def hair(self, body_type: BodyType) -> Look:
        """The usual hairstyle, in its first colour."""
        ...

    async def clothes(self, body: Targets, color: str) -> Outfit:
        """A T-shirt of the colour that is nearest to ``color``, where one is named, and trousers, in the sizes that fit."""
        ...
