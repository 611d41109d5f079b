"""What a seated body sits on: a plain block, under the pelvis and the backs of the thighs."""

from __future__ import annotations

import numpy as np

from services.mesher.domain.model import Scene
from services.mesher.domain.stage import Prop, Substance
from services.mesher.domain.surface import FloatArray, IntArray

_COLOR = (0.58, 0.56, 0.53)
_HALF_WIDTH = 0.23
_HALF_DEPTH = 0.20
_BEVEL = 0.012
_SITTING = ("Hips", "LeftUpLeg", "RightUpLeg")
_STEPS = 10
"""Rows of vertices on each side: the block darkens where the legs are near it."""


def under(scene: Scene, risen: float = 1.0) -> Prop:
    """The block that reaches from the floor to the lowest point of the seat, or, while it rises, below that."""
    bones = [scene.rig.bones.index(name) for name in _SITTING]
    points = np.concatenate([part.positions[_held(part.joints, part.weights, bones)] for part in scene.parts])
    pelvis = scene.rig.heads[bones[0]]
    near = np.abs(points[:, [0, 2]] - pelvis[[0, 2]]).max(axis=1) < _HALF_DEPTH
    lowest = float(points[near, 1].min())
    # Cloth that hangs lower than a seat that rises lies on it already; the pelvis is above the whole of the seat.
    height = max(min(lowest, risen * float(pelvis[1])), 2.0 * _BEVEL)
    # A little to the front: the thighs rest on it, the back does not.
    forward = scene.rig.heads[bones[1:]].mean(axis=0) - pelvis
    positions, normals, triangles = _block(height)
    positions[:, 0] += pelvis[0] + forward[0]
    positions[:, 2] += pelvis[2] + forward[2] + 0.03
    return Prop(Substance.SEAT, positions, normals, triangles, _COLOR)


def _held(joints: IntArray, weights: IntArray, bones: list[int]) -> IntArray:
    """Vertices that hang on these bones for the most part."""
    held: IntArray = np.flatnonzero(np.where(np.isin(joints, bones), weights, 0).sum(axis=1) > 200)
    return held


def _block(height: float) -> tuple[FloatArray, FloatArray, IntArray]:
    """Positions, normals and triangles of a block with its edges taken off, on the floor."""
    half = np.array([_HALF_WIDTH, height / 2.0, _HALF_DEPTH])
    side = np.linspace(-1.0, 1.0, _STEPS + 1)
    side = np.concatenate([[-1.0], side[1:-1] * 0.98, [1.0]])
    u, v = (grid.ravel() for grid in np.meshgrid(side, side))
    positions: list[FloatArray] = []
    normals: list[FloatArray] = []
    triangles: list[IntArray] = []
    corner = (np.arange(_STEPS)[:, None] * (_STEPS + 1) + np.arange(_STEPS)).ravel()
    quad = np.stack([corner, corner + 1, corner + _STEPS + 1, corner + _STEPS + 2], axis=1)
    for axis in range(3):
        for sign in (1.0, -1.0):
            face = np.zeros((len(u), 3))
            face[:, axis], face[:, (axis + 1) % 3], face[:, (axis + 2) % 3] = sign, u, v
            points = face * half
            # Rounded: points are drawn to a smaller block and pushed out again along the way from it.
            inner = np.clip(points, _BEVEL - half, half - _BEVEL)
            outward = points - inner
            normal = outward / np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
            first = len(u) * len(positions)
            order = [0, 1, 2, 2, 1, 3] if sign > 0 else [0, 2, 1, 1, 2, 3]
            positions.append(inner + _BEVEL * normal + [0.0, height / 2.0, 0.0])
            normals.append(normal)
            triangles.append(quad[:, order].reshape(-1, 3) + first)
    return (
        np.concatenate(positions).astype(np.float32),
        np.concatenate(normals).astype(np.float32),
        np.concatenate(triangles),
    )
