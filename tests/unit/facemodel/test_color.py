from __future__ import annotations

import numpy as np
import pytest

from facemodel import color

# Pairs that Sharma, Wu and Dalal (2005) published to test implementations by: around the hue's seam, greys, large ones.
PAIRS = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "wanted"), PAIRS)
def test_ciede2000_is_the_published_one(one, other, wanted) -> None:
    assert float(color.difference(np.array(one), np.array(other))) == pytest.approx(wanted, abs=5e-5)
    assert float(color.difference(np.array(other), np.array(one))) == pytest.approx(wanted, abs=5e-5)


def test_every_encoded_number_comes_back() -> None:
    levels = np.arange(256, dtype=np.uint8)
    assert np.array_equal(color.pixels(color.light(levels)), levels)


def test_lab_of_white_and_of_pure_red() -> None:
    linear = color.light(np.array([[255, 255, 255], [255, 0, 0]], np.uint8))
    np.testing.assert_allclose(color.lab(linear), [[100.0, 0.0, 0.0], [53.24, 80.09, 67.20]], atol=0.01)
