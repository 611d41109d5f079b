"""From uploads to backgrounds: decoded, turned upright and written anew, in threads."""

from __future__ import annotations

import asyncio

from atelierkit.admission import Admission
from photos.decode import upright
from photos.encode import shrunk, webp
from photos.model import PhotoFormat, PhotoRefused
from services.generator.domain.custom_backgrounds import LONGEST_SIDE, ReadBackground
from services.generator.domain.errors import InvalidBackground
from services.generator.domain.model import StoredFile
from services.generator.domain.ports import FileStore

_QUALITY = 90


class UploadedBackgrounds:
    """Reads backgrounds. How many requests do so at once is bounded, together with those that read faces and poses."""

    def __init__(self, store: FileStore, admission: Admission) -> None:
        self._store = store
        self._admission = admission

    async def read(self, picture: StoredFile) -> ReadBackground:
        async with self._admission.place():
            data = await self._store.get(picture)
            try:
                return await asyncio.to_thread(_read, data)
            except PhotoRefused as refusal:
                raise InvalidBackground(refusal.code, refusal.message, refusal.limit) from refusal


def _read(data: bytes) -> ReadBackground:
    # Every pixel is decoded: what a decoder makes half as large is less sharp than what is shrunk afterwards.
    pixels = shrunk(upright(data), LONGEST_SIDE)
    height, width = pixels.shape[:2]
    return ReadBackground(webp(pixels, _QUALITY), PhotoFormat.WEBP.media_type, width, height)
