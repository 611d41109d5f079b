"""Faces, and the orders of jobs with photos, in memory: the twin of ``postgres_faces.py`` for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.generator.adapters.memory_orders import MemoryOrders
from services.generator.domain.faces import AvatarOrder, Face
from services.generator.domain.model import Position, StoredFile


class MemoryFaces:
    """Faces by id."""

    def __init__(self, by_id: dict[UUID, Face]) -> None:
        self.by_id = by_id

    async def add(self, face: Face) -> None:
        self.by_id[face.id] = face

    async def get(self, id: UUID) -> Face | None:
        return self.by_id.get(id)

    async def count_download(self, id: UUID) -> None:
        if (face := self.by_id.get(id)) is not None:
            self.by_id[id] = replace(face, download_count=face.download_count + 1)

    async def remove(self, id: UUID) -> Face | None:
        return self.by_id.pop(id, None)

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[Face]:
        own = [face for face in self.by_id.values() if face.owner == owner]
        older = [face for face in own if after is None or _place(face) < after]
        return sorted(older, key=_place, reverse=True)[:limit]

    async def expired(self, now: datetime, limit: int) -> Sequence[UUID]:
        return [face.id for face in self.by_id.values() if face.expires_at and face.expires_at <= now][:limit]

    async def retained_too_long(self, now: datetime, limit: int) -> Sequence[UUID]:
        kept = [face for face in self.by_id.values() if face.retention and face.retention.delete_at <= now]
        return [face.id for face in kept][:limit]

    async def forget_photos(self, id: UUID) -> Sequence[StoredFile]:
        face = self.by_id.get(id)
        if face is None:
            return ()
        self.by_id[id] = replace(face, photos={}, retention=None)
        return tuple(face.photos.values())


class MemoryPhotoOrders(MemoryOrders[AvatarOrder]):
    """Orders of jobs with photos."""

    async def remove(self, job_id: UUID) -> Sequence[StoredFile]:
        found = self.by_job.pop(job_id, None)
        return () if found is None else found[0].face.files()


def _place(face: Face) -> Position:
    return Position(face.created_at, face.id)
