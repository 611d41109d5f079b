"""Blobs in a folder and in memory."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from atelierkit import blobs
from atelierkit.blobs import BlobCorrupt, Blobs
from atelierkit.errors import Unavailable
from tests.unit.atelierkit.blob_rules import DATA, BlobRules


class TestMemory(BlobRules):
    @pytest.fixture
    def store(self) -> Blobs:
        return blobs.open("memory://")


class TestFolder(BlobRules):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Blobs:
        return blobs.open((tmp_path / "a folder" / "blobs").as_uri())


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_folder_keeps_what_it_has_and_shows_it_to_nobody_else(tmp_path: Path) -> None:
    url = (tmp_path / "blobs").as_uri()
    ref = await blobs.open(url).put(DATA, prefix="avatars", media_type="image/png")
    assert await blobs.open(url).head(ref.key) == ref
    assert stat.S_IMODE((tmp_path / "blobs").stat().st_mode) == 0o700
    await blobs.open(url).delete(ref.key)
    assert _files(tmp_path) == []


async def test_damaged_bytes_are_never_handed_out_as_good(tmp_path: Path) -> None:
    store = blobs.open(tmp_path.as_uri())
    ref = await store.put(DATA, prefix="avatars", media_type="image/png")
    damaged = bytearray(DATA)
    damaged[-1] ^= 1
    (tmp_path / ref.key).write_bytes(damaged)
    with pytest.raises(BlobCorrupt):
        await store.get(ref.key)
    stream = store.stream(ref.key, len(DATA) // 2)
    assert await anext(stream) == DATA[: len(DATA) // 2]
    with pytest.raises(BlobCorrupt):
        await anext(stream)


async def test_an_object_that_was_cut_short_is_listed_and_can_be_deleted(tmp_path: Path) -> None:
    store = blobs.open(tmp_path.as_uri())
    ref = await store.put(DATA, prefix="avatars", media_type="image/png")
    (tmp_path / ref.key).unlink()
    listed = [keys async for keys in store.written_before(datetime.now(UTC) + timedelta(seconds=1))]
    assert listed == [[ref.key]]
    await store.delete(ref.key)
    assert _files(tmp_path) == []


async def test_a_store_that_fails_is_unavailable(tmp_path: Path) -> None:
    store = blobs.open((tmp_path / "blobs").as_uri())
    (tmp_path / "blobs").rmdir()
    (tmp_path / "blobs").write_text("a file where the folder was")
    with pytest.raises(Unavailable):
        await store.put(DATA, prefix="avatars", media_type="image/png")


@pytest.mark.parametrize("url", ["", "ftp://x", "/plain/path", "gs://bucket"])
def test_an_unknown_scheme_is_named(url: str) -> None:
    with pytest.raises(ValueError, match="the scheme is file, s3 or memory"):
        blobs.open(url)
