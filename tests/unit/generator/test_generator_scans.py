"""Scans: made of an upload that is gone afterwards, kept with their files, somebody's own."""

from __future__ import annotations

from uuid import uuid4

import pytest

from atelierkit.errors import Unavailable
from services.generator.domain.errors import NotAnUpload, ScanNotFound
from services.generator.domain.model import StoredFile
from services.generator.domain.scan import CloudFormat, Scan
from tests.unit.generator.world import ANN, BOB, World


async def upload(world: World, data: bytes = b"0 0 0\n1 1 1", prefix: str = "uploads/1") -> StoredFile:
    ref = await world.blobs.put(data, prefix=prefix, media_type="text/plain")
    return StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)


async def scanned(
    world: World, owner: str = ANN, *, data: bytes = b"0 0 0\n1 1 1", register: bool = True
) -> Scan:
    cloud = await upload(world, data, f"uploads/{uuid4().hex}")
    return await world.create_scan(owner, cloud, CloudFormat.XYZ, register=register)


async def test_a_scan_keeps_its_files_and_not_the_upload(world: World) -> None:
    scan = await scanned(world)
    assert scan.build.body is not None
    assert world.blobs.keys == sorted([scan.build.mesh.key, scan.build.body.key])
    assert await world.get_scan(ANN, scan.id) == scan


async def test_without_registration_there_is_a_mesh_alone(world: World) -> None:
    scan = await scanned(world, register=False)
    assert (scan.build.registration, scan.build.body) == (None, None)
    assert world.blobs.keys == [scan.build.mesh.key]


async def test_somebody_elses_scan_is_unknown(world: World) -> None:
    scan = await scanned(world)
    with pytest.raises(ScanNotFound):
        await world.get_scan(BOB, scan.id)
    with pytest.raises(ScanNotFound):
        await world.delete_scan(BOB, scan.id)
    assert await world.get_scan(ANN, scan.id) == scan


async def test_a_deleted_scan_is_gone_with_its_files(world: World) -> None:
    scan = await scanned(world)
    await world.delete_scan(ANN, scan.id)
    assert world.blobs.keys == []
    with pytest.raises(ScanNotFound):
        await world.get_scan(ANN, scan.id)


async def test_equal_scans_share_files_until_the_last_goes(world: World) -> None:
    anns, bobs = await scanned(world, ANN), await scanned(world, BOB)
    assert anns.build == bobs.build
    await world.delete_scan(ANN, anns.id)
    assert len(world.blobs.keys) == 2
    await world.delete_scan(BOB, bobs.id)
    assert world.blobs.keys == []


async def test_an_upload_is_gone_when_the_mesher_fails(world: World) -> None:
    world.scanner.error = Unavailable("away")
    with pytest.raises(Unavailable):
        await scanned(world)
    assert world.blobs.keys == []


async def test_only_uploads_are_read_and_deleted(world: World) -> None:
    avatar = await world.avatar()
    with pytest.raises(NotAnUpload):
        await world.create_scan(BOB, avatar.files.dressed, CloudFormat.PLY, register=False)
    assert await world.exists(avatar.files.dressed) == [True]
