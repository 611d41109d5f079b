"""What the verbs of a person's own backgrounds need from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.generator.domain.custom_backgrounds import CustomBackground, ReadBackground
from services.generator.domain.model import Position, StoredFile


class CustomBackgrounds(Protocol):
    """The records, which never change. Somebody else's background is treated as one that does not exist."""

    async def add(self, background: CustomBackground, most: int) -> bool:
        """Store a new background; False, and nothing stored, where its owner has so many. Its file is noted in the same unit
        of work. Of those that are added side by side each waits for the one before, and is counted with it."""
        ...

    async def get(self, owner: str, id: UUID) -> CustomBackground | None:
        """One background."""
        ...

    async def remove(self, owner: str, id: UUID) -> CustomBackground | None:
        """Delete a background and say what it was; None when there is none."""
        ...

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[CustomBackground]:
        """Newest first: at most ``limit`` backgrounds that come after the position."""
        ...


class BackgroundReader(Protocol):
    """Reads backgrounds out of uploads."""

    async def read(self, picture: StoredFile) -> ReadBackground:
        """Its pixels, written anew. The same upload gives the same bytes. Raise InvalidBackground and Overloaded."""
        ...
