"""Photos are read for real: rendered heads, the released networks, and the face library's own judgement."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from atelier.common.v1 import face_pb2
from atelierkit.admission import Admission, Limits
from atelierkit.blobs import MemoryBlobs
from atelierkit.errors import Overloaded
from atelierkit.inference import LocalInference
from facemodel.landmarks import LEFT_EYE, RIGHT_EYE
from facemodel.topology import FaceTopology
from photos.encode import jpeg
from services.generator.adapters.face_networks import KnownFaceModel
from services.generator.adapters.face_sense import PICTURE_SIDE, FaceSense
from services.generator.adapters.files import BlobFiles
from services.generator.adapters.photos import PhotoReader
from services.generator.domain.errors import InvalidPhotos
from services.generator.domain.faces import FaceOrder, Photo, ReadFace, Slot
from services.generator.domain.model import StoredFile
from tests.unit.generator.world import MODELS

LARGEST_GROWTH_MB = 320
Album = Mapping[Slot, bytes]


class Room:
    """A reader of photos and a place to put them."""

    def __init__(self, inference: LocalInference) -> None:
        self.blobs = MemoryBlobs()
        sense = FaceSense(FaceTopology.load(MODELS), "1.0.0")
        self.admission = Admission("photos", Limits(places=1, most_waiting=0))
        self.reader = PhotoReader(inference, BlobFiles(self.blobs), self.admission, sense)

    async def read(self, album: Album, pupil_distance_mm: float | None = None) -> ReadFace:
        photos = [await self._uploaded(slot, data) for slot, data in album.items()]
        return await self.reader.read(FaceOrder(tuple(photos), pupil_distance_mm))

    async def faults(self, album: Album) -> list[tuple[str, str]]:
        with pytest.raises(InvalidPhotos) as refused:
            await self.read(album)
        return [(fault.slot.value, fault.code) for fault in refused.value.photo_faults]

    async def _uploaded(self, slot: Slot, data: bytes) -> Photo:
        ref = await self.blobs.put(data, prefix=f"uploads/{uuid4().hex}", media_type="image/jpeg")
        file = StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)
        return Photo(slot, file, f"{slot.value}.jpg")


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with LocalInference(MODELS) as inference:
        yield Room(inference)


def points(read: ReadFace) -> np.ndarray:
    """(468, 3) metres."""
    return np.frombuffer(face_pb2.FaceGeometry.FromString(read.geometry).points, "<f4").reshape(468, 3)


async def test_three_photos_become_a_face_of_human_size(room: Room, album: Album) -> None:
    read = await room.read(album)
    face = points(read)
    eyes_mm = 1000 * float(np.linalg.norm(face[LEFT_EYE] - face[RIGHT_EYE]))
    assert 75 < eyes_mm < 110
    assert np.abs(face[LEFT_EYE] + face[RIGHT_EYE]).max() < 1e-4
    assert (read.scale_source, read.model_version) == ("iris", "1.0.0")
    assert read.inference_ms > 0
    assert read.features.skin is not None
    assert read.features.expressions.keys() == {"smile", "frown", "raisedEyebrows", "squint"}
    assert read.features.accessories.keys() == {"glasses", "earrings", "hat"}


async def test_one_photo_from_the_front_is_a_face_with_what_is_around_it(room: Room, album: Album) -> None:
    three, one = await room.read(album), await room.read({Slot.FRONT: album[Slot.FRONT]})
    apart_mm = 1000 * np.linalg.norm(points(one) - points(three), axis=1)
    assert apart_mm.mean() < 6.0
    assert [seen.slot for seen in one.seen] == [Slot.FRONT]
    assert one.features.skin is not None
    # Rendered heads end at the neck.
    assert one.clothes is None


async def test_one_photo_is_told_what_is_wrong_with_it(room: Room, album: Album) -> None:
    wall = jpeg(np.full((300, 300, 3), 120, np.uint8))
    assert await room.faults({Slot.FRONT: wall}) == [("front", "face_not_found")]
    assert await room.faults({Slot.FRONT: album[Slot.LEFT]}) == [("front", "face_turned_away")]
    front = np.asarray(Image.open(BytesIO(album[Slot.FRONT])))
    two = jpeg(np.concatenate([front, front], axis=1))
    assert await room.faults({Slot.FRONT: two}) == [("front", "several_faces")]


async def test_what_is_kept_is_small_upright_and_says_nothing_but_pixels(room: Room, album: Album) -> None:
    for seen in (await room.read(album)).seen:
        picture = Image.open(BytesIO(seen.picture))
        assert max(picture.size) <= PICTURE_SIDE
        assert not picture.getexif()
        flat = np.frombuffer(seen.points, "<f4").reshape(468, 3)[:, :2]
        assert flat.min() > 0
        assert (flat < picture.size).all()


async def test_the_pupils_distance_gives_the_size(room: Room, album: Album) -> None:
    narrow, wide = [points(await room.read(album, distance)) for distance in (50.0, 75.0)]
    ratio = np.ptp(wide[:, 1]) / np.ptp(narrow[:, 1])
    assert ratio == pytest.approx(1.5, rel=0.01)


async def test_sides_that_were_mixed_up_are_the_same_face(room: Room, album: Album) -> None:
    mixed = {
        Slot.FRONT: album[Slot.LEFT],
        Slot.LEFT: album[Slot.RIGHT],
        Slot.RIGHT: album[Slot.FRONT],
    }
    right_way, other_way = await room.read(album), await room.read(mixed)
    assert [seen.slot for seen in other_way.seen] == list(Slot)
    assert (other_way.seen, other_way.geometry) == (right_way.seen, right_way.geometry)


async def test_every_photo_is_told_what_is_wrong_with_it(room: Room, album: Album) -> None:
    wall = jpeg(np.full((300, 300, 3), 120, np.uint8))
    assert await room.faults({**album, Slot.LEFT: wall}) == [("left", "face_not_found")]
    twice = {**album, Slot.RIGHT: album[Slot.FRONT]}
    assert await room.faults(twice) == [("right", "same_photo")]
    dark = jpeg((np.asarray(Image.open(BytesIO(album[Slot.FRONT]))) // 20).astype(np.uint8))
    assert ("front", "photo_too_dark") in await room.faults({**album, Slot.FRONT: dark})


@pytest.mark.parametrize(("end", "share"), [("forehead", 0.08), ("chin", 0.08)])
async def test_a_head_that_leaves_the_photo_is_told(room: Room, album: Album, end: str, share: float) -> None:
    front = (await room.read(album)).seen[0]
    picture = np.asarray(Image.open(BytesIO(front.picture)))
    rows = np.frombuffer(front.points, "<f4").reshape(468, 3)[[10, 152], 1]
    inside = rows + np.array([share, -share]) * (rows[1] - rows[0])
    cut = picture[int(inside[0]) :] if end == "forehead" else picture[: int(inside[1])]
    assert await room.faults({**album, Slot.FRONT: jpeg(cut)}) == [("front", "head_cut_off")]
    assert (await room.read({**album, Slot.FRONT: front.picture})).features.accessories["hat"].reason == ""


async def test_what_is_no_photo_is_told_before_any_network_is_asked(room: Room, album: Album) -> None:
    bad = {**album, Slot.LEFT: b"GIF89a", Slot.RIGHT: album[Slot.RIGHT][:2000]}
    told = await room.faults(bad)
    assert [slot for slot, _ in told] == ["left", "right"]
    assert told[1] == ("right", "invalid_image")


async def test_who_would_wait_too_long_is_refused_at_once(room: Room, album: Album) -> None:
    async with room.admission.place():
        with pytest.raises(Overloaded):
            await room.read(album)
    assert (await room.read(album)).seen


async def test_the_model_answers(room: Room) -> None:
    async with LocalInference(MODELS) as inference:
        assert (await KnownFaceModel(inference, "1.0.0").look()).ready
        async with LocalInference(MODELS / "population") as elsewhere:
            assert not (await KnownFaceModel(elsewhere, "1.0.0").look()).ready


async def test_two_requests_with_the_largest_photos_take_the_memory_of_one() -> None:
    """With two places instead of one they take 440 MB."""
    measured = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.generator.photo_memory", "1", stdout=asyncio.subprocess.PIPE
    )
    told, _ = await measured.communicate()
    assert measured.returncode == 0
    assert int(told) < LARGEST_GROWTH_MB
