"""Eyeballs that go with their lids, and lids that lie on their eyeballs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bodymodel.template import Template
from facemodel.topology import FaceTopology
from services.mesher.domain.cutting import smoothstep
from services.mesher.domain.surface import FloatArray, IntArray

_SIZES = (0.9, 1.12)
"""Eyes differ less than faces: so far an eyeball follows the breadth of its opening."""
_SIZE_GRID = 2.0**-10
# Up to the first distance from an eyeball's surface skin keeps its distance, from the second on it does not feel it.
_LIDS_M = (0.0025, 0.009)


@dataclass(frozen=True, slots=True)
class Orbit:
    """One eye and what lies about it."""

    ball: IntArray
    """(b,) template vertices of the eyeball."""
    rim: IntArray
    """(16,) points of the face around the opening."""
    corners: tuple[int, int]
    """Points of the face at its corners, outer and inner."""
    lids: IntArray
    """(l,) template vertices near the eyeball, lashes included."""
    firmness: FloatArray
    """(l,) 1 where the skin lies on the eyeball, 0 where it does not feel it."""

    @classmethod
    def of(
        cls, template: Template, topology: FaceTopology, reference: FloatArray, moved: IntArray, side: str
    ) -> Orbit:
        """The eye of a side, `left` or `right`, with those of the `moved` vertices that lie near it on a reference body."""
        ball = np.unique(template.groups[f"helper-{side[0]}-eye"].quads)
        centre, radius = _middle(reference[ball])
        away = _length(reference[moved] - centre) - radius
        near = away < _LIDS_M[1]
        firmness = 1.0 - smoothstep((away[near] - _LIDS_M[0]) / (_LIDS_M[1] - _LIDS_M[0]))
        rim = topology.regions[f"{side}_eye"]
        across = topology.mean[rim, 0]
        corners = (int(rim[across.argmin()]), int(rim[across.argmax()]))
        return cls(ball, rim, corners, moved[near], firmness)

    def settle(self, before: FloatArray, after: FloatArray, own: FloatArray, way: FloatArray) -> None:
        """Move the eyeball in `after` (V, 3) and put the lids back on it; `before` is the body that the ways start from.

        `own` (468, 3) are the points of the head before, `way` (468, 3) how far each has gone.
        """
        centre, _ = _middle(before[self.ball])
        size = self._size(own, way)
        moved = centre + way[self.rim].mean(axis=0)
        after[self.ball] = moved + size * (before[self.ball] - centre)
        distance = size * _length(before[self.lids] - centre)
        outwards = after[self.lids] - moved
        factor = distance / _length(outwards)
        after[self.lids] += (self.firmness * (factor - 1.0))[:, None] * outwards

    def _size(self, own: FloatArray, way: FloatArray) -> float:
        """What the eyeball grows by."""
        first, last = self.corners
        across = own[last] - own[first]
        wider = across + way[last] - way[first]
        size = float(_length(wider[None])[0] / _length(across[None])[0])
        return float(np.rint(min(max(size, _SIZES[0]), _SIZES[1]) / _SIZE_GRID) * _SIZE_GRID)


def _middle(points: FloatArray) -> tuple[FloatArray, float]:
    """Centre (3,) and radius of a ball, from its box."""
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2.0, float(high[1] - low[1]) / 2.0


def _length(vectors: FloatArray) -> FloatArray:
    """(n, 3) -> (n,): term by term, so that every machine rounds alike."""
    x, y, z = vectors.T
    length: FloatArray = np.sqrt(x * x + y * y + z * z)
    return length
