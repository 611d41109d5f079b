"""A photo is read between its pixels, exactly as far as its steps go."""

from __future__ import annotations

import numpy as np
import pytest

from facemodel import sampling
from facemodel.arrays import FloatArray, RgbImage
from facemodel.sampling import Samples


def read(pixels: RgbImage, places: FloatArray) -> FloatArray:
    """(n, 3) at places (n, 2)."""
    samples = Samples(pixels, places)
    x, y = samples.steps(places).astype(np.float32).T
    return np.stack(sampling.channels(samples.at(x, y)), axis=1) / sampling.SCALE


@pytest.fixture
def pixels() -> RgbImage:
    """Grows to the right in red, downwards in green, and with both in blue."""
    rows, columns = np.mgrid[:50, :70]
    return np.stack([3 * columns, 5 * rows, (columns * rows) // 16], axis=-1).astype(np.uint8)


def test_what_lies_between_pixels_is_between_them(pixels: RgbImage) -> None:
    places = np.array([[0.5, 0.5], [3.25, 2.0], [20.75, 33.5], [69.5, 49.5]])
    expected = (places - 0.5) * (3.0, 5.0)
    np.testing.assert_allclose(read(pixels, places)[:, :2], expected, atol=0.1)


def test_beyond_the_border_the_border_goes_on(pixels: RgbImage) -> None:
    places = np.array([[-30.0, 20.5], [500.0, 20.5], [20.5, -1.0], [20.5, 51.0]])
    expected = [[0.0, 100.0], [207.0, 100.0], [60.0, 0.0], [60.0, 245.0]]
    # The last step before a border pixel is 1/64 of a pixel off it.
    np.testing.assert_allclose(read(pixels, places)[:, :2], expected, atol=0.1)


def test_one_channel_does_not_reach_into_the_next() -> None:
    checks = (np.indices((40, 40)).sum(axis=0) % 2 * 255).astype(np.uint8)
    pixels = np.stack([checks, 255 - checks, checks], axis=-1)
    places = np.random.default_rng(8).uniform(2.0, 38.0, (500, 2))
    red, green, blue = read(pixels, places).T
    np.testing.assert_array_equal(red, blue)
    np.testing.assert_allclose(red + green, 255.0, atol=1e-3)
    assert np.ptp(red) > 200.0


def test_any_part_of_a_photo_gives_the_same(pixels: RgbImage) -> None:
    places = np.random.default_rng(9).uniform((10.0, 10.0), (40.0, 30.0), (200, 2))
    whole = np.concatenate([places, [[0.5, 0.5], [69.5, 49.5]]])
    np.testing.assert_array_equal(read(pixels, places), read(pixels, whole)[:-2])
