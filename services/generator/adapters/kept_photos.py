"""From an upload to the photo that a person keeps: its pixels, upright, and nothing else that was in the file."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from atelierkit.admission import Admission
from photos.model import PhotoRefused
from photos.renew import renewed
from services.generator.adapters.photos import fault
from services.generator.domain.errors import InvalidPhotos
from services.generator.domain.faces import Photo
from services.generator.domain.ports import FileStore


class RenewedPhotos:
    """Encodes photos anew. How many at once is bounded, together with the reading of photos: memory is bounded."""

    def __init__(self, store: FileStore, admission: Admission) -> None:
        self._store = store
        self._admission = admission

    async def to_keep(self, photo: Photo) -> Photo:
        async with self._admission.place():
            data = await self._store.get(photo.file)
            try:
                written, kind = await asyncio.to_thread(renewed, data)
            except PhotoRefused as refusal:
                raise InvalidPhotos([fault(photo, refusal)]) from refusal
        return replace(photo, file=await self._store.put_apart(written, kind.media_type))
