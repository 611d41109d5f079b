"""The studio's light, which stands with the camera: one lamp that casts shadows, soft lights around, a bright floor.
Before a picture they take its colours on, and the lamp the side where it is bright.

Each soft light is a lobe on the sphere (a spherical Gaussian). A lobe seen in a rough mirror is again a lobe, and the sum
of all as irradiance is nine numbers a colour, so nothing has to be filtered before it is used.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from services.mesher.domain.ambience import Ambience
from services.mesher.domain.surface import FloatArray

LAMP = (-38.0, 40.0)
"""Azimuth from the camera, to its right, and elevation; degrees."""
LAMP_LIGHT = np.array([1.0, 0.965, 0.92]) * 0.98
EVEN_LIGHT = np.array([0.050, 0.052, 0.057])
_WINDOWS = ((-20.0, 17.0), (28.0, 2.0))
"""Azimuth and elevation of what eyes mirror: lower than the lamp, or the lids would hide it."""
_LOBES = (
    # azimuth, elevation, sharpness, light
    (-40.0, 38.0, 4.0, (0.26, 0.25, 0.235)),  # about the lamp
    (62.0, 16.0, 2.4, (0.17, 0.18, 0.20)),  # the fill
    (0.0, 88.0, 2.6, (0.22, 0.225, 0.24)),  # overhead
    (-142.0, 26.0, 14.0, (1.05, 1.08, 1.15)),  # two strips behind, which draw the outline
    (146.0, 20.0, 14.0, (1.05, 1.04, 1.02)),
    (0.0, -80.0, 1.6, (0.15, 0.145, 0.135)),  # the floor
    (4.0, 6.0, 1.4, (0.10, 0.10, 0.105)),  # the room before the sitter
    (180.0, 10.0, 1.5, (0.05, 0.052, 0.058)),
)


@dataclass(frozen=True, eq=False, slots=True)
class Rig:
    """The lights, turned to where the camera stands."""

    lamp: FloatArray
    """(3,) unit vector towards it."""
    lamp_light: FloatArray
    """(3,) linear RGB."""
    even_light: FloatArray
    """(3,) linear RGB from everywhere."""
    lobes: FloatArray
    """(L, 4) unit vectors, then sharpness."""
    lobe_light: FloatArray
    """(L, 3) linear RGB in the middle of each."""
    windows: FloatArray
    """(2, 3, 3) to the right, up and towards two windows; by columns, as shaders have them."""
    harmonics: FloatArray
    """(9, 3) irradiance over pi by direction, in the order of `light.glsl`."""


def rig(azimuth: float, ambience: Ambience) -> Rig:
    """The lights of a camera that stands so many degrees from the front."""
    side = -1.0 if ambience.mirrored else 1.0
    lobes = np.array([[*_direction(azimuth + side * a, e), sharpness] for a, e, sharpness, _ in _LOBES])
    lobe_light = np.array([light for *_, light in _LOBES]) * _factors(ambience)
    windows = np.stack([_frame(_direction(azimuth + side * a, e)) for a, e in _WINDOWS])
    lamp = _direction(azimuth + side * LAMP[0], LAMP[1])
    even = EVEN_LIGHT * ambience.around
    harmonics = _harmonics(lobes, lobe_light, even)
    return Rig(lamp, LAMP_LIGHT * ambience.lamp, even, lobes, lobe_light, windows, harmonics)


def _factors(ambience: Ambience) -> FloatArray:
    """(L, 3) what each lobe of `_LOBES` is multiplied by."""
    first, second = (ambience.left, ambience.right)[:: -1 if ambience.mirrored else 1]
    around, lamp = ambience.around, ambience.lamp
    return np.array([lamp, around, ambience.above, first, second, ambience.below, around, around])


def _frame(towards: FloatArray) -> FloatArray:
    """(3, 3) rows to the right, up and towards."""
    right = np.cross([0.0, 1.0, 0.0], towards)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(towards, right), towards])


def _direction(azimuth: float, elevation: float) -> FloatArray:
    a, e = np.radians(azimuth), np.radians(elevation)
    return np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])


@functools.cache
def _ball() -> tuple[FloatArray, FloatArray]:
    """(s, 3) directions spread evenly, and (s, 9) what each adds to the irradiance of the nine functions."""
    count = 4096
    height = 1.0 - 2.0 * (np.arange(count) + 0.5) / count
    angle = np.arange(count) * np.pi * (3.0 - np.sqrt(5.0))
    across = np.sqrt(1.0 - height**2)
    x, y, z = across * np.cos(angle), height, across * np.sin(angle)
    one = np.ones(count)
    functions = np.stack([one, y, z, x, x * y, y * z, 3.0 * z**2 - 1.0, x * z, x**2 - y**2], axis=1)
    # Squared factors of the real harmonics, times the cosine's 1, 2/3, 1/4, times 4 pi over the number of directions.
    factor = np.array([1.0, 3.0, 3.0, 3.0, 15.0, 15.0, 1.25, 15.0, 3.75])
    cosine = np.array([1.0, *[2.0 / 3.0] * 3, *[0.25] * 5])
    return np.stack([x, y, z], axis=1), functions * factor * cosine / count


def _harmonics(lobes: FloatArray, lobe_light: FloatArray, even_light: FloatArray) -> FloatArray:
    directions, functions = _ball()
    shapes = np.exp(lobes[:, 3] * (directions @ lobes[:, :3].T - 1.0))
    harmonics: FloatArray = functions.T @ (shapes @ lobe_light + even_light)
    return harmonics
