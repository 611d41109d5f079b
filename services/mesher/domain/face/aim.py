"""Where the points of a head go, so that it gets a person's face: the face laid on the head, at rest."""

from __future__ import annotations

import numpy as np

from services.mesher.domain.surface import FloatArray, IntArray

GRID_M = 2.0**-22
"""Ways are whole numbers of this; see ADR 0004."""
_MOST_LARGER = 0.1
"""A face is never larger or smaller than the head's own by this share: it must stay on this neck."""
_LEAST_OPEN = 0.5
"""Lids stay open by this share of the head's own height: shapes that close them need something to close."""

_UPPER_LIP = np.array([
    [191, 80, 81, 82, 13, 312, 311, 310, 415],
    [183, 42, 41, 38, 12, 268, 271, 272, 407],
    [184, 74, 73, 72, 11, 302, 303, 304, 408],
    [185, 40, 39, 37, 0, 267, 269, 270, 409],
])  # fmt: skip
"""(4, 9) points from the line of the mouth outwards; columns from the person's right to the left."""
_LOWER_LIP = np.array([
    [95, 88, 178, 87, 14, 317, 402, 318, 324],
    [96, 89, 179, 86, 15, 316, 403, 319, 325],
    [77, 90, 180, 85, 16, 315, 404, 320, 307],
    [146, 91, 181, 84, 17, 314, 405, 321, 375],
])  # fmt: skip
_UPPER_LIDS = np.array([246, 161, 160, 159, 158, 157, 173, 466, 388, 387, 386, 385, 384, 398])
_LOWER_LIDS = np.array([7, 163, 144, 145, 153, 154, 155, 249, 390, 373, 374, 380, 381, 382])


def ways(points: FloatArray, own: FloatArray) -> FloatArray:
    """(468, 3) metres on the grid: how far each point of a head, `own`, is from the same of a person's face, laid on it."""
    on_grid: FloatArray = np.rint(_at_rest(laid(points, own) - own, own) / GRID_M) * GRID_M
    return on_grid


def laid(points: FloatArray, own: FloatArray) -> FloatArray:
    """A face (468, 3) turned, moved and sized onto a head's own points: as large as it is, within what the neck bears."""
    middle, own_middle = points.mean(axis=0), own.mean(axis=0)
    face, head = points - middle, own - own_middle
    left, _, right = np.linalg.svd(face.T @ head)
    upright = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    size = np.sqrt((face**2).sum() / (head**2).sum())
    placed: FloatArray = bearable(float(size)) / size * (face @ (left * upright @ right)) + own_middle
    return placed


def bearable(size: float) -> float:
    """A face's size against the head's own, softly kept within a tenth of it."""
    over = size - 1.0
    return 1.0 + over / float(np.sqrt(1.0 + (over / _MOST_LARGER) ** 2))


def _at_rest(way: FloatArray, own: FloatArray) -> FloatArray:
    """The ways to the same face with its mouth closed and its eyes not quite: expressions are added to a face at rest."""
    rest = way.copy()
    # Where the head's own lips meet, they go on meeting; the lips keep their thickness.
    apart = (way[_UPPER_LIP[0]] - way[_LOWER_LIP[0]]) / 2.0
    rest[_UPPER_LIP] -= apart
    rest[_LOWER_LIP] += apart
    lack = _lack_of_opening(way, own)
    rest[_UPPER_LIDS, 1] += lack / 2.0
    rest[_LOWER_LIDS, 1] -= lack / 2.0
    return rest


def _lack_of_opening(way: FloatArray, own: FloatArray) -> FloatArray:
    """(14,) how much the lids are nearer to each other than they may be, metres."""
    height = own[_UPPER_LIDS, 1] - own[_LOWER_LIDS, 1]
    reached = height + way[_UPPER_LIDS, 1] - way[_LOWER_LIDS, 1]
    lack: FloatArray = np.maximum(_LEAST_OPEN * height - reached, 0.0)
    return lack


def mirrored(way: FloatArray, mirror: IntArray) -> FloatArray:
    """(468, 3) the ways that the mirror image of the face would need."""
    image: FloatArray = way[mirror] * np.array([-1.0, 1.0, 1.0])
    return image
