from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemodel import landmarks
from facemodel.arrays import RgbImage
from facemodel.landmarks import GRID, FaceMesh
from facemodel.networks import MESH_SIDE, RawMeshes

SWAPPED = np.arange(468).reshape(-1, 2)[:, ::-1].ravel()
"""A mirror table in which neighbours are each other's partners."""


def seen(cut: RgbImage) -> float:
    """Where the network says that the brightest column is: it counts from the middle of its own first sample."""
    column = int(cut.mean(axis=(0, 2)).argmax())
    return (column + 0.5) - 0.5 * MESH_SIDE / GRID.samples


@given(column=st.integers(0, MESH_SIDE - 1))
def test_what_is_found_in_the_mirror_is_told_of_the_picture(column: int) -> None:
    cut = np.zeros((MESH_SIDE, MESH_SIDE, 3), np.uint8)
    cut[:, column] = 255
    [mirrored] = landmarks.in_the_mirror([cut])
    points = np.full((1, 468, 3), seen(mirrored))
    raw = landmarks.out_of_the_mirror(RawMeshes(points, points[:, :10], np.ones((1, 1))), SWAPPED)
    np.testing.assert_allclose(raw.landmarks[..., 0], seen(cut), atol=1e-9)
    np.testing.assert_allclose(raw.iris[..., 0], seen(cut), atol=1e-9)
    np.testing.assert_allclose(raw.landmarks[..., 1:], seen(mirrored))


def test_a_face_in_the_mirror_has_its_sides_changed() -> None:
    """The right iris' points: middle, right, top, left, bottom as the photo shows them."""
    points = np.zeros((1, 468, 3))
    points[0, :, 1] = np.arange(468)
    iris = np.zeros((1, 10, 3))
    iris[0, :, 1] = np.arange(10)
    raw = landmarks.out_of_the_mirror(RawMeshes(points, iris, np.ones((1, 1))), SWAPPED)
    assert raw.landmarks[0, :4, 1].tolist() == [1, 0, 3, 2]
    assert raw.iris[0, :, 1].tolist() == [5, 8, 7, 6, 9, 0, 3, 2, 1, 4]


def test_two_looks_are_as_sure_as_the_second() -> None:
    first, second = (FaceMesh(np.full((478, 3), place), sure) for place, sure in ((1.0, 0.9), (2.0, 0.6)))
    both = landmarks.mean(first, second)
    assert both.presence == 0.6
    assert both.points == pytest.approx(np.full((478, 3), 1.5))
