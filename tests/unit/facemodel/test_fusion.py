"""Faces out of photos whose every point is known: what was photographed comes back, at its size."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facemodel.arrays import FloatArray
from facemodel.fusion import IRIS_M, fuse
from facemodel.landmarks import FaceMesh
from facemodel.projection import Projection, aligned
from facemodel.topology import FaceTopology, centred
from facemodel.view import View
from training.face.camera import turned

_IRISES = np.array([[-0.031, 0.0, 0.006], [0.031, 0.0, 0.006]])
_PUPILS_MM = 62.0
SIZE = (800, 800)


@pytest.fixture(scope="module")
def person(topology: FaceTopology) -> FloatArray:
    """A face as unlike the mean as people are: smooth changes of 3 mm, the nose of 6."""
    mean = topology.mean
    wave = 0.003 * np.sin(mean[:, [1, 2, 0]] / 0.03 + [0.3, 1.1, 2.0])
    nose = 0.006 * np.exp(-((mean - mean[4]) ** 2).sum(axis=1) / 0.015**2)
    return centred(mean + wave + nose[:, None] * [0.0, 0.0, 1.0])


def photo(
    topology: FaceTopology, face: FloatArray, yaw: float, *, closeness: float = 1.2, scale: float = 2500.0,
    depth_gain: float = 1.0, iris_m: float = IRIS_M,
) -> View:  # fmt: skip
    """The view of a face in a photo; the network's depth comes in a unit of its own."""
    camera = Projection(turned(yaw, 3.0, -4.0), scale, np.array([410.0, 390.0]), closeness)
    around = iris_m / 2.0 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]])
    whole = np.concatenate([face, *(middle + around for middle in _IRISES)])
    depth = -depth_gain * scale * camera.turned(whole)[:, 2]
    return View.of(FaceMesh(np.column_stack([camera.pixels(whole), depth]), 1.0), SIZE, topology)


def errors_mm(found: FloatArray, true: FloatArray) -> FloatArray:
    """(468,) distances after both are laid on each other at the size they have."""
    rotation, _, _ = aligned(found, true, np.ones(468))
    turned_back = found @ rotation.T
    away: FloatArray = turned_back - turned_back.mean(axis=0) - true + true.mean(axis=0)
    errors: FloatArray = 1e3 * np.linalg.norm(away, axis=1)
    return errors


def three(topology: FaceTopology, face: FloatArray, **given: float) -> list[View]:
    return [photo(topology, face, yaw, **given) for yaw in (0.0, -40.0, 40.0)]


def test_three_photos_give_the_face_back(topology: FaceTopology, person: FloatArray) -> None:
    found = fuse(three(topology, person, depth_gain=0.7), topology)
    # What is left is the pull of the mean, which these exact photos would not have needed.
    assert errors_mm(found.points, person).mean() < 0.66 * errors_mm(topology.mean, person).mean()
    np.testing.assert_allclose(centred(found.points), found.points, atol=1e-12)
    assert found.scale_source == "iris"


def test_a_second_and_a_third_photo_make_it_better(topology: FaceTopology, person: FloatArray) -> None:
    views = three(topology, person, depth_gain=0.5)
    errors = [errors_mm(fuse(views[:count], topology).points, person).mean() for count in (1, 2, 3)]
    assert errors[0] > 1.1 * errors[1]
    assert errors[1] > 1.03 * errors[2]


def test_the_order_of_the_photos_leaves_no_trace(topology: FaceTopology, person: FloatArray) -> None:
    views = three(topology, person)
    made = [fuse(order, topology) for order in itertools.permutations(views)]
    assert len({face.points.tobytes() + face.confidence.tobytes() for face in made}) == 1


@settings(max_examples=25)
@given(scale=st.floats(300.0, 9000.0), yaw=st.floats(-12.0, 12.0), size=st.floats(0.85, 1.15))
def test_a_face_has_its_true_size_whatever_the_photo(
    topology: FaceTopology, person: FloatArray, scale: float, yaw: float, size: float
) -> None:
    view = photo(topology, size * person, yaw, scale=scale, closeness=0.0)
    true = size * float(np.ptp(person[[33, 263], 0]))
    # The irises lie where they lie: a face of another size has them at other places of it.
    by_iris = fuse([view], topology).points
    by_pupils = fuse([view], topology, _PUPILS_MM)
    assert np.ptp(by_iris[[33, 263], 0]) == pytest.approx(true, rel=0.01)
    assert np.ptp(by_pupils.points[[33, 263], 0]) == pytest.approx(true, rel=0.01)
    assert by_pupils.scale_source == "pupil_distance"


def test_the_size_follows_what_the_eyes_say(topology: FaceTopology, person: FloatArray) -> None:
    views = three(topology, person, iris_m=0.9 * IRIS_M)
    width = np.ptp(fuse(views, topology).points[[33, 263], 0]) / np.ptp(person[[33, 263], 0])
    assert width == pytest.approx(1.0 / 0.9, rel=0.01)
    known = np.ptp(fuse(views, topology, 0.9 * _PUPILS_MM).points[[33, 263], 0]) / np.ptp(
        person[[33, 263], 0]
    )
    assert known == pytest.approx(0.9, rel=0.01)


def test_what_one_photo_alone_says_counts_for_little(topology: FaceTopology, person: FloatArray) -> None:
    views = three(topology, person)
    chin = topology.regions["chin"]
    points = views[1].mesh.points.copy()
    points[chin, 1] += 50.0  # 20 mm lower: the mouth was open in that photo
    odd = [views[0], View.of(FaceMesh(points, 1.0), SIZE, topology), views[2]]
    found, before = fuse(odd, topology), fuse(views, topology)
    assert errors_mm(found.points, person)[chin].mean() < 3.0
    assert found.confidence[chin].mean() < before.confidence[chin].mean()


def test_hidden_points_are_less_sure(topology: FaceTopology, person: FloatArray) -> None:
    right, left = topology.regions["right_cheek"], topology.regions["left_cheek"]
    sure = fuse([photo(topology, person, 45.0)], topology).confidence
    assert sure[right].mean() > sure[left].mean() + 0.3
    assert (sure >= 0.0).all()
    assert (sure <= 1.0).all()


def views_of(topology: FaceTopology, face: FloatArray, yaws: Sequence[float]) -> list[View]:
    return [photo(topology, face, yaw) for yaw in yaws]


@pytest.mark.parametrize("yaws", [(0.0,), (30.0,), (-35.0, 35.0), (10.0, -10.0, 12.0)])
def test_fewer_or_narrower_photos_still_give_a_face(
    topology: FaceTopology, person: FloatArray, yaws: tuple[float, ...]
) -> None:
    found = fuse(views_of(topology, person, yaws), topology)
    assert errors_mm(found.points, person).mean() < errors_mm(topology.mean, person).mean()
