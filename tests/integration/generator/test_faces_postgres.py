"""Faces and orders with photos in PostgreSQL, beside their twins in memory: the same verbs, the same answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.generator.domain import jobs
from services.generator.domain.errors import FaceNotFound
from services.generator.domain.faces import AvatarOrder, PhotoFault, Slot
from services.generator.domain.jobs import Count, Failure, Job, State
from services.generator.domain.model import Look, Position
from services.generator.domain.ports import UnitsOfWork
from services.generator.use_cases.endings import store_end
from services.generator.use_cases.people import ExportPerson, ForgetPerson, Place, Section
from tests.unit.generator.doubles import Signatures
from tests.unit.generator.world import ANN, BOB, DRESS, TROUSERS, WOMAN, World


@pytest.fixture
def world(units: UnitsOfWork) -> World:
    return World(units=units)


async def accepted(world: World, owner: str = ANN) -> tuple[Job, AvatarOrder]:
    order = await world.order()
    return (await world.from_photos(owner, order, uuid4())).job, order


@pytest.mark.parametrize("owner", [ANN, None])
@pytest.mark.parametrize("keep", [True, False])
async def test_what_was_stored_is_read_again_to_the_last_bit(
    world: World, owner: str | None, keep: bool
) -> None:
    face = await world.face(owner, keep_photos=keep, consent_version=Signatures.VERSION)
    assert await world.get_face(owner, face.id) == face


async def test_downloads_are_counted_in_one_statement(world: World) -> None:
    face = await world.face()
    await asyncio.gather(*(world.download_face(ANN, face.id) for _ in range(6)))
    assert (await world.get_face(ANN, face.id)).download_count == 6


async def test_a_face_is_deleted_once(world: World) -> None:
    face = await world.face(keep_photos=True)
    await world.delete_face(ANN, face.id)
    with pytest.raises(FaceNotFound):
        await world.delete_face(ANN, face.id)
    assert world.blobs.keys == []


async def test_pages_run_from_the_newest_to_the_oldest(world: World) -> None:
    own = [await world.face() for _ in range(4)][::-1]
    await world.face(BOB)
    await world.face(None)
    async with world.units() as unit:
        first = await unit.faces.page(ANN, limit=3, after=None)
        rest = await unit.faces.page(ANN, limit=3, after=Position(first[-1].created_at, first[-1].id))
    assert ([*first], [*rest]) == (own[:3], own[3:])


async def test_what_has_had_its_time_goes(world: World) -> None:
    nobodys = await world.face(None)
    kept = await world.face(ANN, keep_photos=True)
    world.clock.advance(hours=25)
    assert (await world.clear_faces())[:2] == (1, 0)
    with pytest.raises(FaceNotFound):
        await world.get_face(None, nobodys.id)
    world.clock.advance(days=365)
    assert (await world.clear_faces())[:2] == (0, 1)
    left = await world.get_face(ANN, kept.id)
    assert left == replace(kept, photos={}, retention=None)
    assert set(world.blobs.keys) == {file.key for file in left.files()}


async def test_a_worn_face_outlives_its_record(world: World) -> None:
    avatar, face = await world.avatar(outfit=TROUSERS), await world.face(keep_photos=True)
    worn = await world.set_face(ANN, avatar.id, face.id)
    assert await world.get(ANN, avatar.id) == worn
    await world.delete_face(ANN, face.id)
    assert set(world.blobs.keys) == {file.key for file in worn.files.all()}
    await world.delete(ANN, avatar.id)
    assert world.blobs.keys == []


async def test_an_order_is_read_again_until_its_job_ends(world: World) -> None:
    job, order = await accepted(world)
    async with world.units() as unit:
        assert await unit.photo_orders.get(job.id) == order
        assert [await unit.photo_orders.broke_down(job.id) for _ in range(2)] == [1, 2]
        assert await unit.photo_orders.broke_down(UUID(int=0)) == 0
    await world.shelf.sweep_all()
    assert await world.exists(*order.face.files()) == [True] * 3
    fault = PhotoFault(Slot.LEFT, "left.jpg", "photo.blurred", "hold still", "40")
    failure = Failure("INVALID_PHOTOS", "no face", (fault,))
    async with world.units() as unit:
        locked = await unit.jobs.lock(job.id)
        assert locked is not None
        await store_end(unit, jobs.failed(locked, Count(failed=1), failure, world.clock()))
    async with world.units() as unit:
        ended = await unit.jobs.get(job.id)
        assert ended is not None
        assert (ended.state, ended.failure) == (State.FAILED, failure)
        assert await unit.photo_orders.get(job.id) is None
        assert await unit.photo_orders.remove(job.id) == ()
    await world.shelf.sweep_all()
    assert world.blobs.keys == []


async def test_the_same_photos_of_two_orders_go_with_the_last(world: World) -> None:
    job, order = await accepted(world)
    other = (await world.from_photos(BOB, replace(order, look=Look("tone-09")), uuid4())).job
    for ended, left in ((job, 3), (other, 0)):
        async with world.units() as unit:
            await unit.files.note(dropped=await unit.photo_orders.remove(ended.id))
        await world.shelf.sweep_all()
        assert len(world.blobs.keys) == left


async def test_a_person_takes_faces_along_and_leaves_none(world: World) -> None:
    face, bobs = await world.face(keep_photos=True), await world.face(BOB)
    nobodys = await world.face(None)
    await world.create(ANN, WOMAN, Look(), DRESS)
    await accepted(world)
    export = ExportPerson(world.units)
    assert (await export(ANN, Place(Section.FACES))).records == [face]
    await ForgetPerson(world.units, world.shelf)(ANN)
    sections = [await export(ANN, Place(section)) for section in Section]
    assert [list(part.records) for part in sections] == [[]] * len(Section)
    assert set(world.blobs.keys) == {file.key for file in (*bobs.files(), *nobodys.files())}
