"""From the light that photos show to the colour of the skin: a smooth curve, learned from rendered heads.

What the photos show is darker than the skin where it is light, because most of a face is turned away from the lamp, and
too blue where it is brown. `python -m training.face.tone` finds the curve and prints what stands here.
"""

from __future__ import annotations

import numpy as np

from facemodel import color
from facemodel.arrays import FloatArray

_LOW, _HIGH = np.array([-4.1256, 0.0235, -0.8569]), np.array([-0.0821, 0.8719, -0.0040])
"""Of luminance, red over green and blue over green, as logarithms: what the curve was learned from. Beyond, its end goes on."""
_CURVE = np.array(
    [
        [0.2401, 0.1235, -0.0550],
        [-0.1291, -0.0138, -0.1066],
        [-0.3289, -0.1746, -0.1883],
        [-0.1647, -0.1818, -0.3019],
        [-0.1843, 0.2849, 0.7381],
        [-0.6506, -0.5263, -0.4727],
        [0.3677, 0.5106, 0.6330],
        [-0.1847, -0.2368, -0.0717],
        [-0.3264, -0.4721, -0.4272],
        [-0.2059, -0.2219, -0.1338],
        [-0.4505, -0.5832, -0.5070],
        [0.4276, 0.5726, 0.9122],
        [-0.1354, -0.2849, -0.3868],
    ]
)
"""By how much logarithms of red, green and blue grow, by `terms`."""
_LARGEST = 0.3
"""As a logarithm: more than that no photo is bent by, whatever renders say. It holds back one in sixteen of them."""
_FLOOR = 1e-4


def calibrated(light: FloatArray) -> FloatArray:
    """(3,) linear light of skin as photos show it -> (3,) under white light, as far as renders teach it."""
    return bent(light, _LOW, _HIGH, _CURVE)


def bent(light: FloatArray, low: FloatArray, high: FloatArray, curve: FloatArray) -> FloatArray:
    """(..., 3) linear light by a curve (13, 3) between two bounds (3,)."""
    growth = np.clip(terms(shares(features(light), low, high)) @ curve, -_LARGEST, _LARGEST)
    own: FloatArray = np.clip(light * np.exp(growth), 0.0, 1.0)
    return own


def features(light: FloatArray) -> FloatArray:
    """(..., 3) linear light -> (..., 3) logarithms of luminance, red over green, blue over green."""
    red, green, blue = np.moveaxis(np.log(light + _FLOOR), -1, 0)
    return np.stack([np.log(color.luminance(light) + _FLOOR), red - green, blue - green], axis=-1)


def shares(found: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """(..., 3) between two bounds (3,): -1 to 1, and no farther."""
    between: FloatArray = np.clip(2.0 * (found - low) / (high - low) - 1.0, -1.0, 1.0)
    return between


def terms(place: FloatArray) -> FloatArray:
    """(..., 3) -> (..., 13) all products of up to two, and of up to three where the first is among them twice."""
    y, red, blue = np.moveaxis(place, -1, 0)
    products = [
        np.ones_like(y), y, red, blue, y * y, y * red, y * blue, red * red, red * blue, blue * blue,
        y * y * y, y * y * red, y * y * blue,
    ]  # fmt: skip
    return np.stack(products, axis=-1)
