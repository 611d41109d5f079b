"""What was drawn of avatars, and orders of videos, in memory: the twin of ``postgres_albums.py`` for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.generator.adapters.memory_orders import MemoryOrders
from services.generator.domain.albums import PICTURES_KEPT, Attempts, Medium, VideoOrder
from services.generator.domain.errors import AvatarNotFound
from services.generator.domain.jobs import Job, State
from services.generator.domain.model import Avatar, StoredFile
from services.generator.domain.pictures import Drawn


class Drawing(NamedTuple):
    """A picture or video in an album."""

    medium: Medium
    drawn: Drawn
    drawn_at: datetime


Place = tuple[UUID, str]
"""An avatar, and the key of what is shown."""


class MemoryAlbums:
    """Drawings by avatar and content."""

    def __init__(
        self,
        by_place: dict[Place, Drawing],
        avatars: Mapping[UUID, Avatar],
        jobs: dict[UUID, Job],
        orders: MemoryVideoOrders,
    ) -> None:
        self.by_place = by_place
        self._avatars = avatars
        self._jobs = jobs
        self._orders = orders

    async def find(self, avatar_id: UUID, content: str) -> Drawn | None:
        found = self.by_place.get((avatar_id, content))
        return found.drawn if found else None

    async def keep(
        self, owner: str, avatar_id: UUID, content: str, medium: Medium, drawn: Drawn, now: datetime
    ) -> Sequence[StoredFile]:
        avatar = self._avatars.get(avatar_id)
        if avatar is None or avatar.owner != owner:
            raise AvatarNotFound
        left = self._removed([(avatar_id, content)])
        self.by_place[avatar_id, content] = Drawing(medium, drawn, now)
        pictures = [
            (place, drawing)
            for place, drawing in self.by_place.items()
            if place[0] == avatar_id and drawing.medium is Medium.PICTURE
        ]
        pictures.sort(key=lambda each: each[1].drawn_at, reverse=True)
        return [*left, *self._removed(place for place, _ in pictures[PICTURES_KEPT:])]

    async def picture(self, owner: str, key: str) -> StoredFile | None:
        for (avatar_id, _), drawing in self.by_place.items():
            file = drawing.drawn.file
            if file.key == key and drawing.medium is Medium.PICTURE:
                avatar = self._avatars.get(avatar_id)
                if avatar is not None and avatar.owner == owner:
                    return file
        return None

    async def holds(self, avatar_id: UUID, key: str) -> bool:
        return any(
            place[0] == avatar_id and drawing.drawn.file.key == key
            for place, drawing in self.by_place.items()
        )

    async def clear(self, owner: str, avatar_id: UUID) -> Sequence[StoredFile]:
        avatar = self._avatars.get(avatar_id)
        if avatar is None or avatar.owner != owner:
            return ()
        left = self._removed([place for place in self.by_place if place[0] == avatar_id])
        for job_id, (order, _) in self._orders.by_job.items():
            if order.avatar_id == avatar_id and job_id in self._jobs:
                left += self._jobs[job_id].results.values()
                self._jobs[job_id] = replace(self._jobs[job_id], results={})
        return left

    def files(self) -> Iterable[StoredFile]:
        """Every file of an album."""
        return (drawing.drawn.file for drawing in self.by_place.values())

    def _removed(self, places: Iterable[Place]) -> list[StoredFile]:
        gone = [self.by_place.pop(place, None) for place in places]
        return [drawing.drawn.file for drawing in gone if drawing is not None]


class MemoryVideoOrders(MemoryOrders[VideoOrder]):
    """Orders of videos by job."""

    def __init__(self, by_job: dict[UUID, tuple[VideoOrder, int]], jobs: Mapping[UUID, Job]) -> None:
        super().__init__(by_job)
        self._jobs = jobs

    async def attempts(self, avatar_id: UUID, content: str) -> Attempts:
        jobs = [
            self._jobs[id]
            for id, (order, _) in self.by_job.items()
            if (order.avatar_id, order.content) == (avatar_id, content) and id in self._jobs
        ]
        return Attempts(
            number=len(jobs),
            open=next((job.id for job in jobs if not job.state.ended), None),
            has_completed=any(job.state is State.COMPLETED for job in jobs),
        )
