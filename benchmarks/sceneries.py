"""Places to stand before, made of nothing but numbers: a forest, a street at night, an office.

They need not fool anybody: their light, its colours and its sides are what people are drawn before them for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy import ndimage

from facemodel import color
from facemodel.arrays import FloatArray, RgbImage

SIDE = 768
_SEED = 7


def _noise(rng: np.random.Generator, *scales: float) -> FloatArray:
    """(SIDE, SIDE) 0..1, of blots of these sizes in pixels."""
    field = np.zeros((SIDE, SIDE))
    for scale in scales:
        blots = ndimage.gaussian_filter(rng.standard_normal((SIDE, SIDE)), scale, mode="wrap")
        field += blots / blots.std()
    spread: FloatArray = np.clip(field / (5.0 * np.sqrt(len(scales))) + 0.5, 0.0, 1.0)
    return spread


def _grid() -> tuple[FloatArray, FloatArray]:
    """(SIDE, SIDE) shares of the way to the right, and down."""
    side = (np.arange(SIDE) + 0.5) / SIDE
    right, down = np.meshgrid(side, side)
    return right, down


def forest() -> FloatArray:
    """Leaves, trunks and a path under them; light comes in from above."""
    rng = np.random.default_rng(_SEED)
    right, down = _grid()
    leaves = _noise(rng, 2.0, 6.0, 24.0)[..., None]
    light = np.array([0.015, 0.035, 0.008]) + leaves**3 * np.array([0.42, 0.75, 0.16])
    light = light * (1.35 - 1.0 * down)[..., None]
    for middle in (0.08, 0.20, 0.33, 0.71, 0.83, 0.95):
        trunk = np.abs(right - middle - 0.01 * np.sin(9.0 * down + 20.0 * middle)) < 0.016 + 0.01 * down
        light = np.where((trunk & (down < 0.74))[..., None], np.array([0.045, 0.035, 0.022]), light)
    ground = (0.4 + 1.2 * _noise(rng, 2.0, 9.0))[..., None] * np.array([0.085, 0.065, 0.032])
    picture: FloatArray = np.where((down > 0.72 + 0.015 * np.sin(14.0 * right))[..., None], ground, light)
    return picture


def street_at_night() -> FloatArray:
    """A dark street, shop windows on the right, lamps out of focus, all of it again on the wet road."""
    rng = np.random.default_rng(_SEED)
    right, down = _grid()
    night = np.array([0.012, 0.014, 0.024])
    light = night * (1.5 - down)[..., None]
    shop = (right > 0.66) & (down > 0.30) & (down < 0.66) & (np.mod(right, 0.12) > 0.02)
    light = np.where(shop[..., None], np.array([0.75, 0.42, 0.16]), light)
    for _ in range(46):
        x, y, size = rng.uniform(0.0, 1.0), rng.uniform(0.08, 0.62), rng.uniform(0.008, 0.03)
        hue = ((1.0, 0.55, 0.18), (1.0, 0.75, 0.45), (0.25, 0.5, 1.0), (1.0, 0.12, 0.10))[rng.integers(4)]
        disc = np.hypot(right - x, down - y) < size
        light = light + disc[..., None] * np.array(hue) * rng.uniform(0.15, 0.7)
    light = ndimage.gaussian_filter(light, (2.0, 2.0, 0.0))
    mirror = ndimage.gaussian_filter(light[::-1], (26.0, 3.0, 0.0)) * 0.45 + 0.006
    edge = int(0.70 * SIDE)
    road = np.roll(mirror, 2 * edge - SIDE, axis=0)
    picture: FloatArray = np.where((down > 0.70)[..., None], road, light)
    return picture


def office() -> FloatArray:
    """White walls, a grey carpet, a desk, and daylight through windows on the left."""
    right, down = _grid()
    wall = np.array([0.56, 0.55, 0.52]) * (1.0 - 0.45 * right)[..., None]
    panes = (right < 0.42) & (np.mod(right, 0.14) > 0.012) & (down > 0.12) & (down < 0.56)
    light = np.where(panes[..., None], np.array([0.86, 0.93, 1.0]) * (1.1 - 0.4 * down)[..., None], wall)
    light = np.where((down < 0.05)[..., None], np.array([0.72, 0.72, 0.70]), light)
    desk = (right > 0.58) & (down > 0.56) & (down < 0.60)
    legs = ((np.abs(right - 0.60) < 0.006) | (np.abs(right - 0.97) < 0.006)) & (down > 0.6) & (down < 0.80)
    screen = (np.abs(right - 0.80) < 0.09) & (down > 0.42) & (down < 0.54)
    carpet = np.array([0.17, 0.18, 0.20]) * (1.25 - 0.5 * right)[..., None]
    light = np.where((down > 0.74)[..., None], carpet, light)
    light = np.where(legs[..., None], np.array([0.10, 0.10, 0.10]), light)
    light = np.where(desk[..., None], np.array([0.42, 0.26, 0.13]), light)
    picture: FloatArray = np.where(screen[..., None], np.array([0.02, 0.025, 0.03]), light)
    return picture


SCENERIES: Mapping[str, Callable[[], FloatArray]] = {
    "forest": forest,
    "street at night": street_at_night,
    "office": office,
}
"""Linear light by the place's name."""


def sceneries() -> Mapping[str, RgbImage]:
    """The pictures of these places, a little out of focus, as a camera before people has them."""
    return {
        name: color.pixels(np.clip(ndimage.gaussian_filter(made(), (1.6, 1.6, 0.0)), 0.0, 1.0))
        for name, made in SCENERIES.items()
    }
