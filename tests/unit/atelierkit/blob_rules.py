"""What every blob store does: run over the folder, the memory twin and S3."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from atelierkit.blobs import BlobRef, Blobs
from atelierkit.errors import NotFound

DATA = bytes(range(256)) * 4096
DIGEST = hashlib.sha256(DATA).hexdigest()
ABSENT = f"avatars/{'0' * 64}"
NO_KEYS = [
    "",
    "x",
    DIGEST,
    f"/etc/{DIGEST}",
    f"../{DIGEST}",
    f"a/../{DIGEST}",
    f"avatars/{DIGEST}/",
    f"avatars/{DIGEST.upper()}",
    f"avatars/{DIGEST}.media-type",
    f"avatars\x00/{DIGEST}",
    f"avatars/{DIGEST}\n",
    "a/" * 20 + DIGEST,
]


async def _listed(store: Blobs, when: datetime) -> list[str]:
    return sorted([key async for keys in store.written_before(when) for key in keys])


class BlobRules:
    """Subclasses give the fixture ``store``."""

    async def test_what_is_put_is_got(self, store: Blobs) -> None:
        ref = await store.put(DATA, prefix="avatars/alice", media_type="model/gltf-binary")
        assert ref == BlobRef(f"avatars/alice/{DIGEST}", DIGEST, "model/gltf-binary", len(DATA))
        assert await store.get(ref.key) == DATA
        assert await store.head(ref.key) == ref

    async def test_a_file_is_stored_as_its_bytes_are(self, store: Blobs, tmp_path: Path) -> None:
        (tmp_path / "archive").write_bytes(DATA * 12)  # more than one part of an upload
        ref = await store.put_file(tmp_path / "archive", prefix="jobs", media_type="application/zip")
        assert await store.put(DATA * 12, prefix="jobs", media_type="application/zip") == ref
        assert await store.head(ref.key) == ref
        assert await store.get(ref.key) == DATA * 12
        with pytest.raises(FileNotFoundError):
            await store.put_file(tmp_path / "none", prefix="jobs", media_type="application/zip")

    async def test_the_same_bytes_are_stored_once(self, store: Blobs) -> None:
        first = await store.put(DATA, prefix="avatars", media_type="image/png")
        assert await store.put(DATA, prefix="avatars", media_type="image/png") == first
        await store.delete(first.key)
        with pytest.raises(NotFound):
            await store.get(first.key)

    async def test_nothing_can_be_stored(self, store: Blobs) -> None:
        ref = await store.put(b"", prefix="avatars", media_type="text/plain")
        assert (ref.size, await store.get(ref.key)) == (0, b"")
        assert [chunk async for chunk in store.stream(ref.key)] == []

    @pytest.mark.parametrize("chunk", [1 << 16, 1 << 18, 1 << 24])
    async def test_a_stream_is_whole_and_in_pieces(self, store: Blobs, chunk: int) -> None:
        ref = await store.put(DATA, prefix="avatars", media_type="image/png")
        pieces = [piece async for piece in store.stream(ref.key, chunk)]
        assert b"".join(pieces) == DATA
        assert all(len(piece) >= min(chunk, len(DATA)) for piece in pieces[:-1])
        assert 1 <= len(pieces) <= -(-len(DATA) // chunk)

    async def test_what_is_not_there_is_not_found(self, store: Blobs) -> None:
        for key in [ABSENT, *NO_KEYS]:
            with pytest.raises(NotFound):
                await store.get(key)
            with pytest.raises(NotFound):
                await store.head(key)
            with pytest.raises(NotFound):
                [piece async for piece in store.stream(key)]

    async def test_deleting_twice_is_deleting(self, store: Blobs) -> None:
        ref = await store.put(DATA, prefix="avatars", media_type="image/png")
        for _ in range(2):
            await store.delete(ref.key)
        with pytest.raises(NotFound):
            await store.head(ref.key)

    async def test_what_is_old_is_listed_and_what_is_new_is_not(self, store: Blobs) -> None:
        refs = [await store.put(DATA[:size], prefix="avatars", media_type="image/png") for size in (1, 2)]
        later = datetime.now(UTC) + timedelta(seconds=1)
        assert await _listed(store, later) == sorted(ref.key for ref in refs)
        assert await _listed(store, later - timedelta(hours=1)) == []

    @pytest.mark.parametrize("prefix", ["", "/", "..", "a/..", "a//b", "A", "a/", "é", "a\x00", "x" * 65])
    async def test_a_prefix_that_leads_elsewhere_is_a_bug(self, store: Blobs, prefix: str) -> None:
        with pytest.raises(ValueError, match="prefix"):
            await store.put(DATA, prefix=prefix, media_type="image/png")

    @pytest.mark.parametrize("media_type", ["", "png", "image/png\r\nx: y", "text/html; charset=utf-8"])
    async def test_a_media_type_that_is_none_is_a_bug(self, store: Blobs, media_type: str) -> None:
        with pytest.raises(ValueError, match="media type"):
            await store.put(DATA, prefix="avatars", media_type=media_type)
