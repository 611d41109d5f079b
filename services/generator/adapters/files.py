"""The files of avatars, scans, faces and jobs in the blob store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from atelierkit.blobs import Blobs
from atelierkit.errors import NotFound
from services.generator.domain.albums import PICTURES
from services.generator.domain.model import StoredFile

_PREFIX = "clouds"
"""Where the generator's own files lie; meshes are written by the mesher, under a prefix of its own."""
_RESULTS = "jobs"
"""Where results of jobs lie."""
_PHOTOS = "faces/photos"
"""Where small pictures of photos lie, and photos that people keep, each in a folder of its own; faces themselves are written by
the mesher."""
_BACKGROUNDS = "backgrounds"
"""Where people's own backgrounds lie."""
_UPLOADS = "uploads/"
_OF_RECORDS = (
    f"{_PREFIX}/",
    f"{_RESULTS}/",
    f"{_BACKGROUNDS}/",
    "avatars/",
    "scans/",
    "faces/",
    PICTURES,
    "videos/",
    _UPLOADS,
)
"""All that the generator's records refer to, and uploads; other files are not its business."""


class BlobFiles:
    """Files by key in the store that mesher and gateway share."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def put(self, data: bytes, media_type: str) -> StoredFile:
        ref = await self._blobs.put(data, prefix=_PREFIX, media_type=media_type)
        return StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)

    async def put_apart(self, data: bytes, media_type: str) -> StoredFile:
        ref = await self._blobs.put(data, prefix=f"{_PHOTOS}/{uuid4().hex}", media_type=media_type)
        return StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)

    async def put_background(self, data: bytes, media_type: str) -> StoredFile:
        ref = await self._blobs.put(data, prefix=_BACKGROUNDS, media_type=media_type)
        return StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)

    async def keep(self, path: Path, media_type: str) -> StoredFile:
        ref = await self._blobs.put_file(path, prefix=_RESULTS, media_type=media_type)
        return StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)

    async def get(self, file: StoredFile) -> bytes:
        with _named_by_a_record(file):
            return await self._blobs.get(file.key)

    async def stream(self, file: StoredFile) -> AsyncIterator[bytes]:
        with _named_by_a_record(file):
            async for piece in self._blobs.stream(file.key):
                yield piece

    async def exists(self, file: StoredFile) -> bool:
        try:
            await self._blobs.head(file.key)
        except NotFound:
            return False
        return True

    async def written_before(self, when: datetime) -> AsyncIterator[Sequence[str]]:
        async for keys in self._blobs.written_before(when):
            yield [key for key in keys if key.startswith(_OF_RECORDS)]

    async def uploaded_before(self, when: datetime) -> AsyncIterator[Sequence[str]]:
        for folder in (_UPLOADS, f"{_PHOTOS}/"):
            async for keys in self._blobs.written_before(when, within=folder):
                yield keys

    async def delete(self, key: str) -> None:
        await self._blobs.delete(key)


@contextmanager
def _named_by_a_record(file: StoredFile) -> Iterator[None]:
    """The absence of a file that a record names is no fault of the caller's: it must not read as "no such avatar"."""
    try:
        yield
    except NotFound as error:
        raise LookupError(f"the object store has lost {file.key}") from error
