"""Light of the places on a face that colours are told from."""

from __future__ import annotations

import numpy as np

from facemodel import color
from facemodel.arrays import FloatArray, RgbImage

PATCHES = ((50, 36, 206, 207), (280, 266, 426, 427), (67, 297, 337, 108))
"""Four corners each, going round: the person's right cheek, the left one, the forehead. Below glasses, above brows."""
_STEPS = 24
_UPPER = ((246, 161, 160, 159, 158, 157, 173), (466, 388, 387, 386, 385, 384, 398))
_LOWER = ((7, 163, 144, 145, 153, 154, 155), (249, 390, 373, 374, 380, 381, 382))
"""Lids from the outer corner inwards, the right eye and the left."""
_IRIS = (slice(468, 473), slice(473, 478))
_ACROSS, _UP = 25, 9
_OUTSIDE_IRIS = 1.2
_RING = (0.5, 0.82)
"""The part of the iris between pupil and rim, in its radii."""


def patch(image: RgbImage, points: FloatArray, corners: tuple[int, int, int, int]) -> FloatArray:
    """(576, 3) linear light on a grid between four points of a face."""
    step = (np.arange(_STEPS) + 0.5) / _STEPS
    across, down = (grid.reshape(-1, 1) for grid in np.meshgrid(step, step))
    first, second, third, fourth = points[list(corners), :2]
    upper = first + (second - first) * across
    lower = fourth + (third - fourth) * across
    return at(image, upper + (lower - upper) * down)


def whites(image: RgbImage, points: FloatArray, eye: int) -> FloatArray:
    """(n, 3) linear light between the lids and beside the iris; eye 0 is the person's right one."""
    places = _between_lids(points, eye)
    middle, radius = iris(points, eye)
    aside = np.linalg.norm(places - middle, axis=1) > _OUTSIDE_IRIS * radius
    return at(image, places[aside])


def iris_ring(image: RgbImage, points: FloatArray, eye: int) -> FloatArray:
    """(n, 3) linear light of the iris where the lids leave it free, without pupil and rim."""
    places = _between_lids(points, eye)
    middle, radius = iris(points, eye)
    share = np.linalg.norm(places - middle, axis=1) / radius
    return at(image, places[(share > _RING[0]) & (share < _RING[1])])


def iris(points: FloatArray, eye: int) -> tuple[FloatArray, float]:
    """Middle (2,) and radius of an iris, pixels."""
    middle, *rim = points[_IRIS[eye], :2]
    return middle, float(np.linalg.norm(np.array(rim) - middle, axis=1).mean())


def at(image: RgbImage, places: FloatArray) -> FloatArray:
    """(n, 3) linear light of the pixels that places (n, 2) lie in; the edge goes on beyond it."""
    height, width = image.shape[:2]
    column, row = np.clip(np.floor(places).astype(int), 0, [width - 1, height - 1]).T
    return color.light(image[row, column])


def _between_lids(points: FloatArray, eye: int) -> FloatArray:
    """(225, 2) places of an open eye, a little off both lids."""
    upper, lower = (_along(points[list(lid), :2]) for lid in (_UPPER[eye], _LOWER[eye]))
    share = np.linspace(0.25, 0.75, _UP)[:, None, None]
    places: FloatArray = (lower + (upper - lower) * share).reshape(-1, 2)
    return places


def _along(line: FloatArray) -> FloatArray:
    """(25, 2) places along a polyline (n, 2), evenly by its points."""
    place = np.linspace(0.0, len(line) - 1.0, _ACROSS)
    return np.column_stack([np.interp(place, np.arange(len(line)), column) for column in line.T])
