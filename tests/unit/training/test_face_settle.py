from __future__ import annotations

import numpy as np
import pytest

from bodymodel.arrays import FloatArray
from facemodel.landmarks import LEFT_EYE, RIGHT_EYE
from training.face import settle
from training.face.camera import Camera, turned
from training.face.settle import Sighting

COUNT = 264
"""Points up to the corner of the left eye, the last that must be there."""
CORNERS = np.arange(3 * COUNT).reshape(COUNT, 3)
WEIGHTS = np.full((COUNT, 3), 1 / 3)
MIRROR = np.arange(COUNT)
ACROSS = np.array([0.0, 0.011, -0.004])
"""What all points are off by, on the middle line and in distances of the eyes."""


@pytest.fixture
def vertices() -> FloatArray:
    """(3 * 264, 3) corners of triangles about points of a flat face, its eyes 9 cm apart."""
    rng = np.random.default_rng(3)
    points = np.column_stack(
        [np.zeros(COUNT), rng.uniform(-0.06, 0.06, COUNT), rng.uniform(-0.01, 0.01, COUNT)]
    )
    points[[RIGHT_EYE, LEFT_EYE]] = [[-0.045, 0.0, 0.0], [0.045, 0.0, 0.0]]
    around = np.array([[0.001, 0.0, 0.0], [-0.001, 0.0, 0.0], [0.0, 0.0, 0.0]])
    corners: FloatArray = (points[:, None] + around).reshape(-1, 3)
    return corners


def photos(vertices: FloatArray, off: FloatArray, odd: int) -> list[Sighting]:
    """Nine photos that show every point `off` (3,), and some that show nothing of the kind."""
    points = np.einsum("pc,pcx->px", WEIGHTS, vertices[CORNERS])
    eyes = np.linalg.norm(points[LEFT_EYE] - points[RIGHT_EYE])
    seen = []
    for number, yaw in enumerate(np.linspace(-30.0, 30.0, 9 + odd)):
        camera = Camera.facing(np.zeros(3), turned(float(yaw), 5.0, 3.0), 0.7, 900.0, (640, 640))
        shift = off if number < 9 else off + np.array([0.0, 0.5, 0.0])
        seen.append(Sighting(vertices, camera, camera.project(points + eyes * shift)[:, :2]))
    return seen


def test_photos_tell_by_how_much_points_are_off(vertices: FloatArray) -> None:
    way, measure = settle.offsets(photos(vertices, ACROSS, odd=0), CORNERS, WEIGHTS, MIRROR)
    inner = np.setdiff1d(np.arange(COUNT), [RIGHT_EYE, LEFT_EYE])
    # Depth is hardly seen, so a part of it is left.
    assert np.abs(way[inner, :2] - ACROSS[:2]).max() < 1e-3
    assert np.abs(way[inner, 2] - ACROSS[2]).max() < 2e-3
    assert (np.linalg.eigvalsh(measure) > 0.0).all()
    assert (measure[:, 1, 1] > 3.0 * measure[:, 2, 2]).all()


def test_a_few_odd_photos_say_little(vertices: FloatArray) -> None:
    way, _ = settle.offsets(photos(vertices, ACROSS, odd=2), CORNERS, WEIGHTS, MIRROR)
    inner = np.setdiff1d(np.arange(COUNT), [RIGHT_EYE, LEFT_EYE])
    assert np.abs(way[inner, 1] - ACROSS[1]).max() < 5e-3
