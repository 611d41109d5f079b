from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from facemodel import color
from facemodel.arrays import FloatArray
from facemodel.detect import DETECTORS
from facemodel.networks import Range, RawBoxes, RawMeshes
from facemodel.search import FaceSearch
from tests.unit.photos.told import raw

HEIGHT, WIDTH = 480, 640
SAME = np.arange(468)
"""A mirror table of points on the middle line."""


@dataclass
class ToldNetworks:
    """Networks that say what they were told to, and note what they were asked."""

    found: dict[Range, list[list[tuple[float, float, float, float]]]]
    """Faces by detector, for each picture in turn: x, y, side in pixels of the photo, logit."""
    face: FloatArray
    """(468, 3) that every cut shows, pixels of the cut."""
    presences: list[float] = field(default_factory=list)
    """Of each face in turn; 1 when they run out."""
    asked: list[tuple[str, int]] = field(default_factory=list)
    brightest: list[float] = field(default_factory=list)
    """Of each picture or batch of them, 0..1."""

    async def detect(self, reach: Range, images: FloatArray) -> RawBoxes:
        detector = DETECTORS[reach]
        assert images.shape[1:] == (3, detector.side, detector.side)
        assert -1.0 <= images.min() <= images.max() <= 1.0
        self.asked.append((reach.value, len(images)))
        self.brightest.append((float(images.max()) + 1.0) / 2.0)
        told = [raw(detector, self.found[reach].pop(0)) for _ in images]
        return RawBoxes(np.stack([boxes for boxes, _ in told]), np.stack([scores for _, scores in told]))

    async def mesh(self, images: FloatArray) -> RawMeshes:
        assert images.shape[1:] == (3, 224, 224)
        assert 0.0 <= images.min() <= images.max() <= 1.0
        self.asked.append(("mesh", len(images)))
        self.brightest.append(float(images.max()))
        presences = [self.presences.pop(0) if self.presences else 1.0 for _ in images]
        return RawMeshes(
            np.repeat(self.face[None], len(images), axis=0),
            np.repeat(self.face[None, :10], len(images), axis=0),
            np.array(presences)[:, None],
        )


@pytest.fixture
def face() -> FloatArray:
    """A face that fills two thirds of its square, which the square around it would leave as it is."""
    drawn = np.random.default_rng(1).uniform(224 / 6, 224 * 5 / 6, (468, 3))
    drawn[0, :2], drawn[1, :2] = 224 / 6, 224 * 5 / 6
    drawn[33, :2], drawn[263, :2] = (80.0, 100.0), (144.0, 100.0)
    return drawn


def photos(count: int) -> list[np.ndarray]:
    return [np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * count


async def test_all_photos_go_through_each_network_together(face: FloatArray) -> None:
    near = [[(200.0, 150.0, 90.0, 3.0)]] * 3
    networks = ToldNetworks({Range.SHORT: near, Range.FULL: []}, face)
    found = await FaceSearch(networks, SAME).each(photos(3))
    assert [len(faces) for faces in found] == [1, 1, 1]
    assert networks.asked == [("short", 3), ("mesh", 3), ("mesh", 3)]


async def test_many_photos_go_some_at_a_time(face: FloatArray) -> None:
    networks = ToldNetworks({Range.SHORT: [[(200.0, 150.0, 90.0, 3.0)]] * 37, Range.FULL: []}, face)
    found = await FaceSearch(networks, mirror=None).each(photos(37))
    assert [len(faces) for faces in found] == [1] * 37
    assert networks.asked == [(name, count) for count in (16, 16, 5) for name in ("short", "mesh")]


async def test_only_photos_without_a_face_are_searched_again(face: FloatArray) -> None:
    networks = ToldNetworks(
        {
            Range.SHORT: [[(200.0, 150.0, 90.0, 3.0)], [], [(100.0, 100.0, 50.0, 3.0)]],
            Range.FULL: [[(300.0, 200.0, 60.0, 3.0)], [(400.0, 200.0, 70.0, 3.0)]],
        },
        face,
        presences=[1.0, 0.1],
    )
    found = await FaceSearch(networks, mirror=None).each(photos(3))
    assert networks.asked == [("short", 3), ("mesh", 2), ("full", 2), ("mesh", 2)]
    assert [round(float(faces[0].middle[0])) for faces in found] == [200, 300, 400]


async def test_faces_come_largest_first_and_each_once(face: FloatArray) -> None:
    told = [[(120.0, 120.0, 60.0, 4.0), (400.0, 250.0, 120.0, 2.0), (424.0, 274.0, 60.0, 3.0)]]
    networks = ToldNetworks({Range.SHORT: told, Range.FULL: []}, face)
    found = await FaceSearch(networks, mirror=None).faces(photos(1)[0])
    assert [round(float(mesh.middle[0])) for mesh in found] == [400, 120]
    assert found[0].extent == pytest.approx(120.0, abs=0.01)


async def test_a_second_look_is_taken_from_where_the_first_saw_the_face(face: FloatArray) -> None:
    low = face * [0.5, 0.5, 1.0]
    networks = ToldNetworks({Range.SHORT: [[(300.0, 200.0, 90.0, 3.0)]], Range.FULL: []}, low)
    [once] = await FaceSearch(networks, mirror=None).faces(photos(1)[0])
    networks.found[Range.SHORT] = [[(300.0, 200.0, 90.0, 3.0)]]
    [twice] = await FaceSearch(networks, SAME).faces(photos(1)[0])
    assert once.extent == pytest.approx(45.0, abs=0.01)
    # A third of a square 1.4 times as large as the first face, and both together.
    assert twice.extent == pytest.approx((45.0 + 1.4 * 45.0 / 3.0) / 2.0, abs=0.01)


async def test_a_photo_without_anybody_has_no_face(face: FloatArray) -> None:
    networks = ToldNetworks(
        {Range.SHORT: [[], []], Range.FULL: [[(300.0, 200.0, 90.0, 3.0)], []]}, face, presences=[0.3]
    )
    assert await FaceSearch(networks, SAME).each(photos(1)) == [[]]
    assert networks.asked == [("short", 1), ("full", 1), ("mesh", 1), ("short", 1), ("full", 1)]
    assert await FaceSearch(networks, SAME).each([]) == []


async def test_who_is_too_dark_to_be_found_is_looked_at_in_more_light(face: FloatArray) -> None:
    networks = ToldNetworks({Range.SHORT: [[], [(200.0, 150.0, 90.0, 3.0)]], Range.FULL: [[]]}, face)
    dark = np.full((HEIGHT, WIDTH, 3), 40, np.uint8)
    [faces] = await FaceSearch(networks, SAME).each([dark])
    assert [round(float(mesh.middle[0])) for mesh in faces] == [200]
    assert networks.brightest == pytest.approx(
        [40 / 255] * 2 + [float(color.encode(12 * color.decode(np.array(40 / 255))))] * 3, abs=2e-3
    )
