"""Scans in PostgreSQL, beside their twin in memory: the same verbs, the same answers."""

from __future__ import annotations

from uuid import uuid4

import pytest

from services.generator.domain.errors import ScanNotFound
from services.generator.domain.model import StoredFile
from services.generator.domain.ports import UnitsOfWork
from services.generator.domain.scan import CloudFormat, Scan
from tests.unit.generator.world import ANN, BOB, World

CLOUD = b"0 0 0\n1 1 1"


@pytest.fixture
def world(units: UnitsOfWork) -> World:
    return World(units=units)


async def scanned(world: World, owner: str = ANN, *, register: bool = True) -> Scan:
    ref = await world.blobs.put(CLOUD, prefix=f"uploads/{uuid4().hex}", media_type="text/plain")
    cloud = StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)
    return await world.create_scan(owner, cloud, CloudFormat.XYZ, register=register)


@pytest.mark.parametrize("register", [True, False])
async def test_what_was_stored_is_read_again_to_the_last_bit(world: World, register: bool) -> None:
    scan = await scanned(world, register=register)
    assert await world.get_scan(ANN, scan.id) == scan
    with pytest.raises(ScanNotFound):
        await world.get_scan(BOB, scan.id)


async def test_a_scan_is_deleted_once(world: World) -> None:
    scan = await scanned(world)
    await world.delete_scan(ANN, scan.id)
    with pytest.raises(ScanNotFound):
        await world.delete_scan(ANN, scan.id)
    assert world.blobs.keys == []


async def test_a_file_stays_while_any_record_has_it(world: World) -> None:
    first, second = await scanned(world, ANN), await scanned(world, BOB)
    await world.delete_scan(ANN, first.id)
    assert await world.exists(second.build.mesh, second.build.body) == [True, True]
    await world.delete_scan(BOB, second.id)
    assert world.blobs.keys == []


async def test_an_avatars_sweep_leaves_scans_alone(world: World) -> None:
    scan, avatar = await scanned(world), await world.avatar()
    async with world.units() as unit:
        await unit.files.note(dropped=scan.build.files())
    await world.delete(ANN, avatar.id)
    assert await world.exists(*scan.build.files()) == [True, True]
