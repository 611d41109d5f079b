"""What the verbs of links need from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.generator.domain.model import Position, StoredFile
from services.generator.domain.shares import Share


class Shares(Protocol):
    """The records. A link goes with the avatar or generation that it shows; its picture is noted as needed with it."""

    async def add(self, share: Share, token_sha256: str, most: int) -> bool:
        """Store a new link; False, and nothing stored, where its owner has so many that hold. Of those that are added side
        by side each waits for the one before. Raise AvatarNotFound or GenerationNotFound where that was deleted meanwhile.
        """
        ...

    async def opened(self, token_sha256: str, now: datetime) -> Share | None:
        """The link of that token, where it holds."""
        ...

    async def page(self, owner: str, now: datetime, *, limit: int, after: Position | None) -> Sequence[Share]:
        """Newest first: at most ``limit`` links that hold and come after the position."""
        ...

    async def remove(self, owner: str, id: UUID) -> Share | None:
        """Delete a link and say what it was; None when there is none."""
        ...

    async def clear(self, avatar_id: UUID) -> Sequence[StoredFile]:
        """Delete all links to an avatar; gives their pictures."""
        ...

    async def expired(self, now: datetime, limit: int) -> Sequence[StoredFile]:
        """Delete at most ``limit`` links whose time is over; gives their pictures."""
        ...
