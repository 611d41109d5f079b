"""Bodies on the floor come to rest: solids whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull
from scipy.spatial.transform import Rotation

from bodypose.arrays import FloatArray, IntArray
from bodypose.resting import centroid, laid

EDGES = st.floats(0.4, 2.0)
DIRECTIONS = st.floats(0.0, 2.0 * np.pi)


def box(width: float, height: float, depth: float) -> tuple[FloatArray, IntArray]:
    """A box that stands on the floor, its faces wound outwards."""
    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (0.0, 1.0) for z in (-0.5, 0.5)])
    points = corners * [width, height, depth]
    hull = ConvexHull(points)
    triangles = hull.simplices.copy()
    normals = np.cross(*(points[triangles[:, i]] - points[triangles[:, 0]] for i in (1, 2)))
    inward = np.sum(normals * hull.equations[:, :3], axis=1) < 0.0
    triangles[inward] = triangles[inward][:, ::-1]
    return points, triangles


def tilt(direction: float, degrees: float) -> FloatArray:
    axis = [np.cos(direction), 0.0, np.sin(direction)]
    rotation: FloatArray = Rotation.from_rotvec(np.radians(degrees) * np.array(axis)).as_matrix()
    return rotation


@given(EDGES, EDGES, EDGES)
def test_a_box_that_stands_is_left_to_the_bit(width: float, height: float, depth: float) -> None:
    assert (laid(*box(width, height, depth)) == np.eye(3)).all()


@given(DIRECTIONS, st.floats(8.0, 24.0))
def test_a_tipped_cube_falls_back_on_its_face(direction: float, degrees: float) -> None:
    points, triangles = box(1.0, 1.0, 1.0)
    tipped = tilt(direction, degrees)
    turn = laid(points @ tipped.T, triangles)
    np.testing.assert_allclose((turn @ tipped)[:, 1], [0.0, 1.0, 0.0], atol=1e-9)
    # It turns about the axis that it was tipped about, and not about the vertical.
    np.testing.assert_allclose(turn, tipped.T, atol=1e-9)


@given(DIRECTIONS)
def test_a_cube_that_would_roll_far_is_left_as_it_is(direction: float) -> None:
    points, triangles = box(1.0, 1.0, 1.0)
    assert (laid(points @ tilt(direction, 40.0).T, triangles) == np.eye(3)).all()


def test_a_face_that_the_middle_is_not_above_carries_nothing() -> None:
    # A wedge like a book that leans: its narrow foot is nearest to the floor, and it falls on its side.
    points, triangles = box(0.1, 1.0, 1.0)
    points[points[:, 1] > 0.5] += [0.3, 0.0, 0.0]
    turned = tilt(np.pi / 2.0, -55.0)
    turn = laid(points @ turned.T, triangles)
    resting = points @ (turn @ turned).T
    low = np.flatnonzero(resting[:, 1] < resting[:, 1].min() + 1e-9)
    assert {tuple(corner) for corner in points[low].round(6).tolist()} == {
        (0.05, 0.0, -0.5),
        (0.05, 0.0, 0.5),
        (0.35, 1.0, -0.5),
        (0.35, 1.0, 0.5),
    }


@given(EDGES, EDGES, EDGES, DIRECTIONS, st.floats(0.0, 90.0))
def test_the_middle_of_a_box(width: float, height: float, depth: float, way: float, degrees: float) -> None:
    points, triangles = box(width, height, depth)
    turned = tilt(way, degrees)
    middle = centroid(points @ turned.T + [3.0, 2.0, 1.0], triangles)
    assert middle == pytest.approx(turned @ [0.0, height / 2.0, 0.0] + [3.0, 2.0, 1.0], abs=1e-9)
