"""What cloth and hair must stay outside of: the skin, and the layers below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from services.mesher.domain.surface import FloatArray, IntArray

# Points farther away than this are free; the search stops early there.
_REACH = 0.04
# A triangle whose corners are all this much higher than the clearance cannot dip below it.
_NEAR = 0.012
_PASSES = 4


@dataclass(frozen=True, slots=True)
class Layer:
    """One surface that lies below others."""

    points: FloatArray
    """(n, 3) metres."""
    normals: FloatArray
    """(n, 3) outward unit vectors."""
    trunk: NDArray[np.bool_]
    """(n,) whether a point belongs to torso or legs, not to an arm."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Layers whose points lie so close together that the nearest one's tangent plane stands for the surface."""

    tree: cKDTree
    layer: Layer

    @classmethod
    def of(cls, layers: Sequence[Layer]) -> Obstacle:
        """Gather layers; the order does not matter."""
        points = np.concatenate([layer.points for layer in layers])
        normals = np.concatenate([layer.normals for layer in layers])
        trunk = np.concatenate([layer.trunk for layer in layers])
        tree = cKDTree(points, balanced_tree=False, compact_nodes=False)
        return cls(tree, Layer(points, normals, trunk))

    def heights(self, points: FloatArray, reach: float = _REACH) -> tuple[FloatArray, FloatArray]:
        """Height of each point (n, 3) over the nearest layer point, (n,), infinite out of reach; normals (n, 3) there."""
        _, nearest = self.tree.query(points, distance_upper_bound=reach)
        touched = nearest < len(self.layer.points)
        nearest = np.where(touched, nearest, 0)
        normals = self.layer.normals[nearest]
        height = np.einsum("ij,ij->i", points - self.layer.points[nearest], normals)
        return np.where(touched, height, np.inf), normals

    def hug(self, points: FloatArray, share: FloatArray, clearance: float) -> FloatArray:
        """Draw cloth (n, 3) toward what lies below until only the clearance is left, each vertex by its share (n,)."""
        height, normals = self.heights(points)
        excess = np.where(np.isfinite(height), np.maximum(height - clearance, 0.0), 0.0)
        hugging: FloatArray = points - (share * excess)[:, None] * normals
        return hugging

    def push_out(self, points: FloatArray, triangles: IntArray, clearance: float) -> FloatArray:
        """Move cloth (n, 3) until its vertices keep the clearance and its triangles' centres half of it.

        Only triangles near what lies below are looked at, and after the first pass only those that moved:
        the searches are most of the cost of dressing.
        """
        height, normals = self.heights(points)
        points = points + np.maximum(clearance - height, 0.0)[:, None] * normals
        active = triangles[(height < clearance + _NEAR)[triangles].any(axis=1)]
        for _ in range(_PASSES):
            height, normals = self.heights(points[active].mean(axis=1))
            depth = np.maximum(clearance / 2.0 - height, 0.0)
            deep = np.flatnonzero(depth)
            if len(deep) == 0:
                break
            points = points + _spread(active[deep], depth[deep, None] * normals[deep], len(points))
            moved = np.unique(active[deep])
            height, normals = self.heights(points[moved])
            points[moved] += np.maximum(clearance - height, 0.0)[:, None] * normals
            active = active[np.isin(active, moved).any(axis=1)]
        return points


def _spread(triangles: IntArray, moves: FloatArray, count: int) -> FloatArray:
    """(n, 3): each vertex takes the longest of its triangles' moves (m, 3)."""
    order = np.argsort(np.linalg.norm(moves, axis=1), kind="stable")
    spread = np.zeros((count, 3), moves.dtype)
    for corner in range(3):
        # Later writes win, so the longest move stays.
        spread[triangles[order, corner]] = moves[order]
    return spread
