"""The canvas knows of every pixel where on the face it lies."""

from __future__ import annotations

import numpy as np
import pytest

from facemodel.canvas import Canvas, canvas
from facemodel.topology import FaceTopology

SIZE = 256


@pytest.fixture(scope="module")
def small(topology: FaceTopology) -> Canvas:
    return canvas(topology.triangles, topology.uv, SIZE)


def test_the_weights_of_a_pixel_lead_to_its_middle(small: Canvas, topology: FaceTopology) -> None:
    places = small.rows(len(topology.uv)) @ topology.uv * SIZE - 0.5
    np.testing.assert_allclose(places, np.rint(places), atol=2e-3)
    numbers = np.rint(places).astype(int) @ [1, SIZE]
    assert len(np.unique(numbers)) == len(numbers)
    np.testing.assert_array_equal(small.source[numbers], np.arange(len(numbers)))


def test_nearly_all_of_the_triangles_area_is_covered(small: Canvas, topology: FaceTopology) -> None:
    a, b, c = (topology.uv[topology.triangles[:, corner]].astype(float) for corner in range(3))
    area = np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]).sum() / 2.0 * SIZE**2
    assert small.blank().shape[1] == pytest.approx(area, rel=2e-3)


def test_values_spread_as_the_weights_say(small: Canvas, topology: FaceTopology) -> None:
    random = np.random.default_rng(5)
    values = random.normal(size=(len(topology.uv), 2))
    expected = small.rows(len(values)) @ values
    for piece in small.pieces:
        for column, found in enumerate(piece.spread(values)):
            np.testing.assert_allclose(found, expected[piece.pixels, column], atol=2e-4)


def test_parts_hold_what_was_chosen_and_little_else(topology: FaceTopology) -> None:
    large = canvas(topology.triangles, topology.uv, 4 * SIZE)
    values = np.random.default_rng(5).normal(size=(len(topology.uv), 2))
    expected = large.rows(len(values)) @ values
    left = topology.mean[topology.triangles, 0].mean(axis=1) < -0.02
    parts = list(large.parts(left))
    for part in parts:
        np.testing.assert_allclose(list(part.spread(values)), expected[part.pixels].T, atol=5e-4)
    held = np.concatenate([np.arange(part.pixels.start, part.pixels.stop) for part in parts])
    chosen = large.on(left)
    assert np.isin(chosen, held).all()
    assert len(held) < 1.2 * len(chosen) < 0.6 * len(expected)
    assert not list(large.parts(np.zeros_like(left)))


def test_beside_the_face_the_picture_goes_on(small: Canvas) -> None:
    colors = small.blank() + np.array([[200.4], [100.0], [300.0]])
    assert (small.picture(colors) == [200, 100, 255]).all()
