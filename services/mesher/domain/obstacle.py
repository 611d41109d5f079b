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
_PASSES = 3


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

    def depth(self, points: FloatArray, clearance: float) -> tuple[FloatArray, FloatArray]:
        """How far each point (n, 3) must move, (n,), and in which direction, (n, 3), to keep the clearance."""
        _, nearest = self.tree.query(points, distance_upper_bound=_REACH)
        touched = nearest < len(self.layer.points)
        nearest = np.where(touched, nearest, 0)
        normals = self.layer.normals[nearest]
        height = np.einsum("ij,ij->i", points - self.layer.points[nearest], normals)
        return np.where(touched, np.maximum(clearance - height, 0.0), 0.0), normals

    def hug(self, points: FloatArray, share: FloatArray, clearance: float) -> FloatArray:
        """Draw cloth (n, 3) toward what lies below until only the clearance is left, each vertex by its share (n,)."""
        _, nearest = self.tree.query(points, distance_upper_bound=_REACH)
        near = nearest < len(self.layer.points)
        nearest = np.where(near, nearest, 0)
        normals = self.layer.normals[nearest]
        height = np.einsum("ij,ij->i", points - self.layer.points[nearest], normals)
        excess = np.where(near, np.maximum(height - clearance, 0.0), 0.0)
        hugging: FloatArray = points - (share * excess)[:, None] * normals
        return hugging

    def push_out(self, points: FloatArray, triangles: IntArray, clearance: float) -> FloatArray:
        """Move cloth (n, 3) until its vertices keep the clearance and its triangles' centres half of it."""
        for _ in range(_PASSES):
            depth, direction = self.depth(points, clearance)
            points = points + depth[:, None] * direction
            depth, direction = self.depth(points[triangles].mean(axis=1), clearance / 2.0)
            deep = np.flatnonzero(depth)
            if len(deep) == 0:
                break
            points = points + _spread(triangles[deep], depth[deep, None] * direction[deep], len(points))
        return points


def _spread(triangles: IntArray, moves: FloatArray, count: int) -> FloatArray:
    """(n, 3): each vertex takes the longest of its triangles' moves (m, 3)."""
    order = np.argsort(np.linalg.norm(moves, axis=1), kind="stable")
    spread = np.zeros((count, 3), moves.dtype)
    for corner in range(3):
        # Later writes win, so the longest move stays.
        spread[triangles[order, corner]] = moves[order]
    return spread
