"""Skin that other limbs of the same body must stay outside of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from bodypose.arrays import FloatArray, IntArray

_NEAREST = 4
_REACH = 0.12
"""Metres beyond which a point is free. Nothing lies deeper in a body than its limbs are thick."""


@dataclass(frozen=True, slots=True)
class Skin:
    """Some points of a body's skin."""

    points: FloatArray
    """(n, 3) metres."""
    normals: FloatArray
    """(n, 3) outward unit vectors."""

    def only(self, chosen: IntArray) -> Skin:
        """Some of the points."""
        return Skin(self.points[chosen], self.normals[chosen])

    def rotated(self, turn: FloatArray, pivot: FloatArray, chosen: FloatArray | IntArray) -> Skin:
        """The same with the chosen points turned by (3, 3) about a pivot (3,)."""
        points, normals = self.points.copy(), self.normals.copy()
        points[chosen] = (points[chosen] - pivot) @ turn.T + pivot
        normals[chosen] = normals[chosen] @ turn.T
        return Skin(points, normals)


class Obstacle:
    """Skin by the tangent planes of its points."""

    def __init__(self, skin: Skin) -> None:
        self.skin = skin
        self._tree = cKDTree(skin.points)

    def heights(self, points: FloatArray) -> tuple[FloatArray, IntArray]:
        """(m,) height of points (m, 3) over the skin, negative inside, infinite out of reach; (m,) the nearest point.

        A point is inside where it lies below the planes of all of the nearest ones: below one alone it may be beside a
        curve.
        """
        distance, nearest = self._tree.query(points, k=_NEAREST, distance_upper_bound=_REACH)
        touched = np.isfinite(distance[:, 0])
        nearest = np.where(np.isfinite(distance), nearest, nearest[:, :1])
        nearest = np.where(touched[:, None], nearest, 0)
        over = points[:, None] - self.skin.points[nearest]
        height = np.einsum("mkx,mkx->mk", over, self.skin.normals[nearest]).max(axis=1)
        return np.where(touched, height, np.inf), nearest[:, 0]
