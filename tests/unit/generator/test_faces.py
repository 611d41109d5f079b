"""Faces in memory: made, shown, fetched, deleted, forgotten; and what becomes of the photos."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from atelierkit.errors import Unavailable
from atelierkit.failpoints import FailpointHit
from services.generator.domain.errors import ConsentRequired, FaceNotFound, InvalidPhotos, NotAnUpload
from services.generator.domain.faces import FaceOrder, PhotoFault, Slot
from tests.unit.generator.doubles import FEATURES, TERMS, Signatures
from tests.unit.generator.world import ANN, BOB, World

NOWHERE = UUID(int=0)


async def test_a_face_is_what_was_read_and_its_photos_are_gone(world: World) -> None:
    face = await world.face(pupil_distance_mm=63.0)
    assert (face.owner, face.features, face.scale_source) == (ANN, FEATURES, "pupil_distance")
    assert (face.mesh.vertex_count, face.mesh.face_count, face.inference_ms) == (468, 898, 12)
    assert (face.expires_at, face.photos, face.retention) == (None, {}, None)
    assert face.filename == f"avatar_{face.id}_{round(face.created_at.timestamp() * 1000)}.glb"
    assert await world.get_face(ANN, face.id) == face
    assert set(world.blobs.keys) == {file.key for file in face.files()}
    assert {key.rpartition("/")[0] for key in world.blobs.keys} == {"faces", "clouds"}


async def test_each_download_counts_even_those_that_come_together(world: World) -> None:
    face = await world.face()
    await asyncio.gather(*(world.download_face(ANN, face.id) for _ in range(7)))
    assert (await world.get_face(ANN, face.id)).download_count == 7


@pytest.mark.attack("A16", "A38")
async def test_somebody_elses_face_is_none_and_nobodys_is_everybodys(world: World) -> None:
    own, nobodys = await world.face(ANN), await world.face(None)
    for caller in (BOB, None):
        for verb in (world.get_face, world.download_face, world.delete_face):
            with pytest.raises(FaceNotFound):
                await verb(caller, own.id)
    for caller in (None, BOB):
        assert await world.get_face(caller, nobodys.id) == nobodys
    with pytest.raises(FaceNotFound):
        await world.get_face(ANN, NOWHERE)
    await world.delete_face(BOB, nobodys.id)
    assert set(world.blobs.keys) == {file.key for file in own.files()}


async def test_a_face_that_is_nobodys_ends_with_its_hours(world: World) -> None:
    nobodys, own = await world.face(None, keep_photos=True), await world.face(ANN)
    assert nobodys.expires_at == nobodys.created_at + TERMS.anonymous_faces
    world.clock.now = nobodys.expires_at
    with pytest.raises(FaceNotFound):
        await world.get_face(None, nobodys.id)
    assert await world.clear_faces() == (1, 0, 0)
    assert await world.clear_faces() == (0, 0, 0)
    assert set(world.blobs.keys) == {file.key for file in own.files()}


async def test_photos_are_kept_where_asked_and_no_longer_than_allowed(world: World) -> None:
    face = await world.face(keep_photos=True, consent_version=Signatures.VERSION)
    assert set(face.photos) == set(Slot)
    assert face.retention == (Signatures.VERSION, face.created_at + TERMS.photos)
    assert await world.exists(*face.photos.values()) == [True, True, True]
    assert await world.store.get(face.photos[Slot.LEFT]) == b"small to the right"
    world.clock.now = face.retention.delete_at
    assert await world.clear_faces() == (0, 1, 0)
    assert await world.exists(*face.photos.values()) == [False, False, False]
    left = await world.get_face(ANN, face.id)
    assert (left.photos, left.retention) == ({}, None)
    assert await world.exists(*left.files()) == [True, True, True]


async def test_photos_go_with_their_face(world: World) -> None:
    face = await world.face(keep_photos=True)
    await world.delete_face(ANN, face.id)
    with pytest.raises(FaceNotFound):
        await world.delete_face(ANN, face.id)
    assert world.blobs.keys == []


async def test_two_people_with_the_same_photos_do_not_share_them(world: World) -> None:
    first, second = await world.face(ANN, keep_photos=True), await world.face(BOB, keep_photos=True)
    assert first.mesh == second.mesh
    assert not {file.key for file in first.photos.values()} & {file.key for file in second.photos.values()}
    await world.delete_face(ANN, first.id)
    assert set(world.blobs.keys) == {file.key for file in second.files()}


async def test_every_bad_photo_is_named_and_none_is_left(world: World) -> None:
    photos = await world.photos("bad photo.blurred", "to the right", "bad photo.no_face")
    with pytest.raises(InvalidPhotos) as refused:
        await world.create_face(None, FaceOrder(photos))
    assert refused.value.photo_faults == (
        PhotoFault(Slot.FRONT, "front.jpg", "photo.blurred", "not like that", "3"),
        PhotoFault(Slot.RIGHT, "right.jpg", "photo.no_face", "not like that", "3"),
    )
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("front", "photo.blurred"),
        ("right", "photo.no_face"),
    ]
    assert world.blobs.keys == []


@pytest.mark.attack("A61")
async def test_a_consent_that_is_named_has_to_be_one(world: World) -> None:
    for version in ("1999-1", Signatures.VERSION):
        world.consents.withdrawn = version == Signatures.VERSION
        with pytest.raises(ConsentRequired) as refused:
            await world.face(consent_version=version)
        assert refused.value.metadata == {"purpose": "face_photos", "version": Signatures.VERSION}
    assert (world.blobs.keys, world.reader.reads) == ([], 0)
    world.consents.withdrawn = False
    face = await world.face(consent_version=Signatures.VERSION)
    assert (face.consent_version, world.consents.asked[-1]) == (Signatures.VERSION, Signatures.VERSION)


@pytest.mark.attack("A38")
async def test_a_file_of_the_store_is_no_photo(world: World) -> None:
    face = await world.face(keep_photos=True)
    front, left, right = await world.photos()
    foreign = type(left)(left.slot, face.photos[Slot.LEFT])
    with pytest.raises(NotAnUpload) as refused:
        await world.create_face(BOB, FaceOrder((front, foreign, right)))
    assert refused.value.faults[0].field == "photos[1].file.key"
    assert await world.exists(*face.files()) == [True] * 6


PLACES = [
    "faces.read",
    "faces.picture_stored",
    "faces.built",
    "faces.geometry_stored",
]


@pytest.mark.parametrize("place", PLACES)
async def test_whatever_fails_leaves_nothing(world: World, armed, place: str) -> None:
    armed(f"{place}=raise")
    with pytest.raises(FailpointHit):
        await world.face(keep_photos=True)
    assert world.blobs.keys == []


async def test_a_neighbour_that_is_away_leaves_nothing(world: World) -> None:
    async def away() -> None:
        raise Unavailable("the mesher does not answer")

    world.mesher.before_answer = away
    with pytest.raises(Unavailable):
        await world.face()
    assert world.blobs.keys == []


async def test_uploads_that_a_process_has_left_behind_go_after_an_hour(world: World) -> None:
    photos = await world.photos()
    stored = await world.store.put(b"no upload", "text/plain")
    # The store knows real times.
    world.clock.now = datetime.now(UTC)
    assert await world.clear_faces() == (0, 0, 0)
    world.clock.advance(hours=1, minutes=1)
    assert await world.clear_faces() == (0, 0, 3)
    assert await world.exists(*(photo.file for photo in photos)) == [False, False, False]
    assert await world.exists(stored) == [True]


async def test_ids_cannot_be_guessed(world: World) -> None:
    ids = {(await world.face(None)).id for _ in range(3)}
    assert {id.version for id in ids} == {4}
    with pytest.raises(FaceNotFound):
        await world.get_face(None, uuid4())
