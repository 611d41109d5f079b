"""What the verbs of kept pictures and of videos need from the records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.generator.domain.albums import Attempts, Medium, VideoOrder
from services.generator.domain.model import StoredFile
from services.generator.domain.pictures import Drawn


class Albums(Protocol):
    """Pictures and videos of avatars. An album goes with its avatar."""

    async def find(self, avatar_id: UUID, content: str) -> Drawn | None:
        """What was drawn with that key."""
        ...

    async def keep(
        self, owner: str, avatar_id: UUID, content: str, medium: Medium, drawn: Drawn, now: datetime
    ) -> Sequence[StoredFile]:
        """Enter it, in place of what the key had before; gives the files that left the album for it. Its own file is noted in
        the same unit of work. Raise AvatarNotFound, also where the avatar is being deleted."""
        ...

    async def picture(self, owner: str, key: str) -> StoredFile | None:
        """The picture of that key in the object store, where it is in the album of one of the owner's avatars."""
        ...

    async def holds(self, avatar_id: UUID, key: str) -> bool:
        """Whether the album of that avatar has the file."""
        ...

    async def clear(self, owner: str, avatar_id: UUID) -> Sequence[StoredFile]:
        """Empty the album of an avatar that is about to be deleted, and take its videos from the results of their jobs;
        gives the files."""
        ...


class VideoOrders(Protocol):
    """What jobs of videos were asked for; an order stays as long as its job."""

    async def add(self, job_id: UUID, order: VideoOrder) -> None:
        """Store the order of a new job."""
        ...

    async def get(self, job_id: UUID) -> VideoOrder | None:
        """One order."""
        ...

    async def attempts(self, avatar_id: UUID, content: str) -> Attempts:
        """The jobs of the video of an avatar with that key."""
        ...

    async def broke_down(self, job_id: UUID) -> int:
        """Count another breakdown of the mesher over it; gives how many there were, 0 where it is gone."""
        ...
