"""How a face comes into a picture, and from which camera a picture was taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facemodel.arrays import FloatArray

_FLIP = np.array([1.0, -1.0])
"""A picture counts down, a face up."""
USUAL_CLOSENESS, _CLOSENESS_SPREAD = 1.5, 0.8
"""Of photos of faces, per metre: most are taken from 0.4 m to 1.5 m away."""
_PARAMETERS = 7


@dataclass(frozen=True, slots=True, repr=False)
class Projection:
    """A face's way into a picture: turned, scaled and shifted, what is nearer to the camera larger.

    Perspective counts from the face alone: where the photo was cut, and with which lens it was taken, need not be known.
    """

    rotation: FloatArray
    """(3, 3) from the face's axes to the camera's: x right, y up, z towards the camera."""
    scale: float
    """Pixels a metre at the face's origin."""
    shift: FloatArray
    """(2,) pixels of the face's origin."""
    closeness: float
    """1 / metres from the camera to the face's origin; 0 is without perspective."""

    def turned(self, points: FloatArray) -> FloatArray:
        """(n, 3) points of a face in the camera's axes, metres."""
        seen: FloatArray = points @ self.rotation.T
        return seen

    def pixels(self, points: FloatArray) -> FloatArray:
        """(n, 3) points of a face -> (n, 2) pixels."""
        seen = self.turned(points)
        flat: FloatArray = self.shift + self.scale * _FLIP * seen[:, :2] * self._nearness(seen)[:, None]
        return flat

    def slopes(self, points: FloatArray) -> FloatArray:
        """(n, 2, 3) what pixels change by per metre of each point."""
        seen = self.turned(points)
        near = self._nearness(seen)
        straight = near[:, None, None] * self.rotation[:2]
        closer = (self.closeness * near**2)[:, None] * seen[:, :2]
        slopes: FloatArray = self.scale * _FLIP[:, None] * (straight + closer[:, :, None] * self.rotation[2])
        return slopes

    def refined(self, points: FloatArray, pixels: FloatArray, weights: FloatArray, steps: int) -> Projection:
        """Gauss-Newton steps towards the camera that sees `points` (n, 3) at `pixels` (n, 2), weighted by (n,)."""
        found = self
        for _ in range(steps):
            found = found._step(points, pixels, weights)
        return found

    def _nearness(self, seen: FloatArray) -> FloatArray:
        nearness: FloatArray = 1.0 / (1.0 - self.closeness * seen[:, 2])
        return nearness

    def _step(self, points: FloatArray, pixels: FloatArray, weights: FloatArray) -> Projection:
        x, y, z = seen = self.turned(points).T
        near = self._nearness(seen.T)
        flat = self.scale * _FLIP[:, None] * seen[:2] * near
        # What a turn about each axis moves points by: the axis crossed with them.
        moved = np.array([[0.0 * x, -z, y], [z, 0.0 * x, -x], [-y, x, 0.0 * x]])
        pulled = moved[:, :2] * near + self.closeness * near**2 * moved[:, 2:] * seen[:2]
        jacobian = np.zeros((_PARAMETERS, 2, len(points)))
        jacobian[:3] = self.scale * _FLIP[:, None] * pulled
        jacobian[3] = flat
        jacobian[4, 0] = jacobian[5, 1] = 1.0
        jacobian[6] = flat * (near * z)
        columns = jacobian.reshape(_PARAMETERS, -1)
        heavy = columns * np.tile(weights, 2)
        left = heavy @ columns.T
        right = heavy @ (pixels.T - self.shift[:, None] - flat).ravel()
        # What is usual counts as one point seen as well as the best.
        usual = _usual_weight(self.scale)
        left[6, 6] += usual
        right[6] += usual * (USUAL_CLOSENESS - self.closeness)
        change = np.linalg.solve(left, right)
        return Projection(
            _rotation(change[:3]) @ self.rotation,
            self.scale * float(np.exp(np.clip(change[3], -0.5, 0.5))),
            self.shift + change[4:6],
            float(np.clip(self.closeness + change[6], 0.0, 4.0)),
        )


def aligned(
    source: FloatArray, target: FloatArray, weights: FloatArray
) -> tuple[FloatArray, float, FloatArray]:
    """Rotation (3, 3), scale and shift (3,) that bring `source` (n, 3) nearest to `target`, weighted (Umeyama)."""
    share = weights / weights.sum()
    middles = share @ source, share @ target
    one, two = source - middles[0], target - middles[1]
    left, strength, right = np.linalg.svd(two.T @ (share[:, None] * one))
    upright = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = (left * upright) @ right
    scale = float((strength * upright).sum() / (share @ (one**2).sum(axis=1)))
    return rotation, scale, middles[1] - scale * rotation @ middles[0]


def _usual_weight(scale: float) -> float:
    """Of `USUAL_CLOSENESS` against points whose error is about 2 mm."""
    return (0.002 * scale / _CLOSENESS_SPREAD) ** 2


def _rotation(turn: FloatArray) -> FloatArray:
    """(3, 3) about the direction of (3,) by its length in radians (Rodrigues)."""
    angle = float(np.linalg.norm(turn))
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = turn / angle
    across = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    rotation: FloatArray = np.eye(3) + np.sin(angle) * across + (1.0 - np.cos(angle)) * across @ across
    return rotation
