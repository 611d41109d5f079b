"""Big bytes, kept by content: a folder or S3 through obstore, and a twin in memory.

A key is ``<prefix>/<sha256>``, so that storing the same bytes twice stores them once, and every
reader can tell whether it got what was stored.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from atelierkit import failpoints
from atelierkit.errors import AppError, Code, NotFound, Unavailable

CHUNK_BYTES = 256 * 1024
"""Default size of a streamed chunk: a gRPC stream carries these twice as fast as chunks of 16 KiB."""

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}(/[a-z0-9][a-z0-9_-]{0,63}){0,7}")
_KEY = re.compile(rf"{_PREFIX.pattern}/(?P<sha256>[0-9a-f]{{64}})")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,100}")
_TYPE_SUFFIX = ".media-type"
_LISTED_AT_A_TIME = 500


class BlobCorrupt(AppError):
    """The stored bytes are not those that were put: the key is their hash, and it differs."""

    code = Code.DATA_LOSS
    reason = "BLOB_CORRUPT"


@dataclass(frozen=True)
class BlobRef:
    """Where one stored object lies and what it is; ``size`` in bytes."""

    key: str
    sha256: str
    media_type: str
    size: int


class Blobs(Protocol):
    """The port. A key that names nothing, or is no key at all, is NotFound; a store that fails is Unavailable."""

    async def put(self, data: bytes, *, prefix: str, media_type: str) -> BlobRef:
        """Store the bytes under ``prefix/<sha256>``; storing the same bytes again changes nothing."""
        ...

    async def put_file(self, path: Path, *, prefix: str, media_type: str) -> BlobRef:
        """Store a file of this machine in the same way, without reading it whole into memory; OSError without it."""
        ...

    async def get(self, key: str) -> bytes:
        """All the bytes. BlobCorrupt where they are not those that were stored."""
        ...

    def stream(self, key: str, chunk: int = CHUNK_BYTES) -> AsyncIterator[bytes]:
        """The bytes in chunks of at least ``chunk``, but for the last; BlobCorrupt instead of the last chunk."""
        ...

    async def delete(self, key: str) -> None:
        """Remove the object; one that is not there is gone already."""
        ...

    async def head(self, key: str) -> BlobRef:
        """What the object is, without its bytes."""
        ...

    def written_before(self, when: datetime, *, within: str = "") -> AsyncIterator[Sequence[str]]:
        """Keys of all that was last put before then, some hundreds at a time; of an object cut short as well.

        ``within`` is a folder, such as ``uploads/``: nothing else is listed then.
        """
        ...


def open(url: str) -> Blobs:
    """The store behind a URL: ``file:///folder``, ``s3://bucket/prefix`` or ``memory://``.

    S3 takes its endpoint, region and credentials from the standard ``AWS_*`` variables. A folder is
    made where it is missing, readable by its owner alone.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "memory":
            return MemoryBlobs()
        case "s3":
            # Whether it is TLS is decided by the endpoint's own scheme, which AWS_ENDPOINT_URL gives.
            store = S3Store.from_url(url, client_options={"allow_http": True})
            return ObjectStoreBlobs(store, keeps_type=True)
        case "file":
            folder = Path(unquote(parts.path))
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return ObjectStoreBlobs(LocalStore(folder), keeps_type=False)
    raise ValueError(f"blob URL {url!r}: the scheme is file, s3 or memory")


class ObjectStoreBlobs:
    """Blobs in an object store of obstore.

    ``keeps_type`` says whether the store keeps an object's media type itself. A local folder does
    not: there a small object beside each blob does.
    """

    def __init__(self, store: ObjectStore, *, keeps_type: bool) -> None:
        self._store = store
        self._keeps_type = keeps_type

    async def put(self, data: bytes, *, prefix: str, media_type: str) -> BlobRef:
        ref = await _ref(data, prefix, media_type)
        await self._store_as(ref, data)
        return ref

    async def put_file(self, path: Path, *, prefix: str, media_type: str) -> BlobRef:
        ref = await _ref(path, prefix, media_type)
        await self._store_as(ref, path)
        return ref

    async def _store_as(self, ref: BlobRef, content: bytes | Path) -> None:
        with _told():
            if self._keeps_type:
                attributes = {"Content-Type": ref.media_type}
                await obstore.put_async(self._store, ref.key, content, attributes=attributes)
            else:
                # The type first: whoever sees the blob finds its type.
                await obstore.put_async(self._store, ref.key + _TYPE_SUFFIX, ref.media_type.encode())
                await failpoints.reach("blobs.typed")
                await obstore.put_async(self._store, ref.key, content)

    async def get(self, key: str) -> bytes:
        digest = _digest_in(key)
        with _told(key):
            data = bytes(await (await obstore.get_async(self._store, key)).bytes_async())
        if await asyncio.to_thread(_sha256, data) != digest:
            raise BlobCorrupt("the stored object is damaged", key=key)
        return data

    async def stream(self, key: str, chunk: int = CHUNK_BYTES) -> AsyncIterator[bytes]:
        digest = _digest_in(key)
        with _told(key):
            stored = (await obstore.get_async(self._store, key)).stream(min_chunk_size=chunk)
            async for piece in _checked(stored, key, digest):
                yield piece

    async def delete(self, key: str) -> None:
        _digest_in(key)
        names = [key] if self._keeps_type else [key, key + _TYPE_SUFFIX]
        with _told(key):
            for name in names:
                try:
                    await obstore.delete_async(self._store, name)
                except FileNotFoundError:
                    continue

    async def head(self, key: str) -> BlobRef:
        digest = _digest_in(key)
        with _told(key):
            found = await obstore.get_async(self._store, key, options={"head": True})
            if self._keeps_type:
                media_type = found.attributes["Content-Type"]
            else:
                kept = await obstore.get_async(self._store, key + _TYPE_SUFFIX)
                media_type = bytes(await kept.bytes_async()).decode()
        return BlobRef(key, digest, media_type, found.meta["size"])

    async def written_before(self, when: datetime, *, within: str = "") -> AsyncIterator[Sequence[str]]:
        with _told():
            async for listed in obstore.list(self._store, within or None, chunk_size=_LISTED_AT_A_TIME):
                old = (item["path"] for item in listed if item["last_modified"] < when)
                keys = {path.removesuffix(_TYPE_SUFFIX) for path in old}
                yield sorted(filter(_KEY.fullmatch, keys))


class MemoryBlobs:
    """The twin in memory: passes the same tests, keeps nothing beyond the process."""

    def __init__(self) -> None:
        self._objects: dict[str, tuple[BlobRef, bytes]] = {}
        self._put_at: dict[str, datetime] = {}

    async def put(self, data: bytes, *, prefix: str, media_type: str) -> BlobRef:
        ref = await _ref(data, prefix, media_type)
        self._objects[ref.key] = (ref, bytes(data))
        self._put_at[ref.key] = datetime.now(UTC)
        return ref

    async def put_file(self, path: Path, *, prefix: str, media_type: str) -> BlobRef:
        return await self.put(await asyncio.to_thread(path.read_bytes), prefix=prefix, media_type=media_type)

    async def get(self, key: str) -> bytes:
        return self._found(key)[1]

    async def stream(self, key: str, chunk: int = CHUNK_BYTES) -> AsyncIterator[bytes]:
        data = self._found(key)[1]
        for start in range(0, len(data), chunk):
            yield data[start : start + chunk]

    async def delete(self, key: str) -> None:
        _digest_in(key)
        self._objects.pop(key, None)

    async def head(self, key: str) -> BlobRef:
        return self._found(key)[0]

    async def written_before(self, when: datetime, *, within: str = "") -> AsyncIterator[Sequence[str]]:
        yield sorted(key for key in self._objects if key.startswith(within) and self._put_at[key] < when)

    def _found(self, key: str) -> tuple[BlobRef, bytes]:
        _digest_in(key)
        if key not in self._objects:
            raise _missing(key)
        return self._objects[key]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _sha256_and_size(content: bytes | Path) -> tuple[str, int]:
    """Of bytes, or of a file, which is read in pieces."""
    if not isinstance(content, Path):
        return _sha256(content), len(content)
    with content.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, file.tell()


async def _ref(content: bytes | Path, prefix: str, media_type: str) -> BlobRef:
    if not _PREFIX.fullmatch(prefix) or not _MEDIA_TYPE.fullmatch(media_type):
        raise ValueError(f"not a blob's prefix and media type: {prefix!r}, {media_type!r}")
    digest, size = await asyncio.to_thread(_sha256_and_size, content)
    return BlobRef(f"{prefix}/{digest}", digest, media_type, size)


def _digest_in(key: str) -> str:
    """The hash that a key ends with. Nothing else reaches a store, so no key can leave its folder."""
    matched = _KEY.fullmatch(key)
    if matched is None:
        raise _missing(key)
    return matched["sha256"]


def _missing(key: str) -> NotFound:
    return NotFound("there is no such object", key=key[:200])


@contextmanager
def _told(key: str | None = None) -> Iterator[None]:
    """A store's failures in the port's words; without a key nothing can be missing but the store itself."""
    try:
        yield
    except (BaseError, OSError) as error:
        if key is not None and isinstance(error, FileNotFoundError):
            raise _missing(key) from error
        raise Unavailable("the object store does not answer", dependency="blobs") from error


async def _checked(pieces: AsyncIterator[bytes], key: str, digest: str) -> AsyncIterator[bytes]:
    """Pass the pieces on, each one late, so that the last is given only when all of them hash to the key."""
    hashed = hashlib.sha256()
    held: bytes | None = None
    async for piece in pieces:
        if held is not None:
            yield held
        held = bytes(piece)
        hashed.update(held)
    if hashed.hexdigest() != digest:
        raise BlobCorrupt("the stored object is damaged", key=key)
    if held is not None:
        yield held
