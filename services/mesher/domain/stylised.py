"""Faces as drawn styles have them: larger eyes; in anime taller than wide, and a smaller nose and mouth on a narrower chin.

It is a warp of the space about the head, applied to what is drawn alone, last of all: whatever touches goes on touching, so
that lids that a blink has closed stay closed, lips that meet meet, and lashes, brows and a person's own picture go along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.mesher.domain import surface
from services.mesher.domain.cutting import smoothstep
from services.mesher.domain.stage import Prop, Style
from services.mesher.domain.surface import FloatArray

_STEP = 1e-3
"""Of half the eyes' distance, over which the warp's slope is taken."""
_REACH = 5.5
"""In the same unit: what is farther from between the eyes is left alone."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the face that grows or shrinks; lengths in half the eyes' distance."""

    middle: tuple[float, float]
    """Across, from the middle of the face to the person's left, and up from the eyes."""
    gain: tuple[float, float, float]
    """How much more of its own breadth, height and depth it gets."""
    reach: tuple[float, float]
    """Half breadth and half height of the ellipse outside of which nothing moves."""
    whole: float
    """Share of the ellipse within which it grows by all of the gain."""
    ground: float = 0.0
    """Depth that its own is counted from."""


def _eyes(gain: tuple[float, float, float], reach: tuple[float, float], whole: float) -> tuple[Spot, ...]:
    return tuple(Spot((side, 0.0), gain=gain, reach=reach, whole=whole) for side in (-1.0, 1.0))


PROPORTIONS: Mapping[Style, Sequence[Spot]] = {
    Style.CARTOON: (
        *_eyes((0.42, 0.88, 0.0), (1.05, 1.20), 0.36),
        Spot((0.0, -1.10), gain=(-0.10, -0.06, -0.06), reach=(0.85, 1.0), whole=0.25, ground=0.35),
    ),
    Style.ANIME: (
        *_eyes((0.58, 1.16, 0.0), (1.10, 1.42), 0.32),
        Spot((0.0, -1.10), gain=(-0.30, -0.12, -0.30), reach=(0.85, 1.0), whole=0.25, ground=0.35),
        Spot((0.0, -2.30), gain=(-0.24, -0.12, 0.0), reach=(1.5, 1.0), whole=0.45),
        Spot((0.0, -3.0), gain=(-0.16, 0.0, 0.0), reach=(3.2, 2.0), whole=0.30),
    ),
}
"""Of eyes, nose, mouth and chin, where a style does not leave them as they are."""
_BEHIND, _FADES = -1.6, 1.0
"""Depth behind which nothing moves, and over which it begins to."""


@dataclass(frozen=True, eq=False, slots=True)
class Face:
    """Where a face is, and which way it looks."""

    middle: FloatArray
    """(3,) metres, between the eyes."""
    unit: float
    """Metres: half of the distance between the eyes."""
    axes: FloatArray
    """(3, 3) rows to the person's left, up and ahead."""

    @classmethod
    def of(cls, one: FloatArray, other: FloatArray, ahead: FloatArray, up: FloatArray) -> Face:
        """The face of two eyes (3,), whichever is the left one, that look ahead (3,) where up is there (3,)."""
        across = (one - other) / 2.0
        across = across if across @ np.cross(up, ahead) > 0.0 else -across
        unit = float(np.linalg.norm(across))
        across = across / unit
        ahead = ahead - (ahead @ across) * across
        ahead /= np.linalg.norm(ahead)
        return cls((one + other) / 2.0, unit, np.stack([across, np.cross(ahead, across), ahead]))

    def inside(self, points: FloatArray) -> FloatArray:
        """Points (n, 3) of the world in the face's own frame and unit."""
        own: FloatArray = (points.astype(np.float64) - self.middle) @ self.axes.T / self.unit
        return own

    def outside(self, points: FloatArray) -> FloatArray:
        """The other way."""
        world: FloatArray = points * self.unit @ self.axes + self.middle
        return world

    def drawn(self, props: Sequence[Prop], style: Style) -> list[Prop]:
        """The surfaces with the face as a style draws it."""
        return [self._drawn(prop, PROPORTIONS[style]) for prop in props]

    def _drawn(self, prop: Prop, spots: Sequence[Spot]) -> Prop:
        own = self.inside(prop.positions)
        near = np.flatnonzero(np.abs(own).max(axis=1) < _REACH)
        warped = _warped(own[near], spots)
        moves = (warped != own[near]).any(axis=1)
        near, warped = near[moves], warped[moves]
        positions, normals = prop.positions.copy(), prop.normals.copy()
        positions[near] = self.outside(warped)
        normals[near] = _turned(own[near], spots, prop.normals[near] @ self.axes.T) @ self.axes
        return replace(prop, positions=positions, normals=normals)


def _warped(points: FloatArray, spots: Sequence[Spot]) -> FloatArray:
    """Points (n, 3) of a face, in its own frame and unit, where the drawn face has them."""
    front = smoothstep((points[:, 2] - _BEHIND) / _FADES)
    moved = points.copy()
    for spot in spots:
        way = points - [*spot.middle, spot.ground]
        out = np.hypot(way[:, 0] / spot.reach[0], way[:, 1] / spot.reach[1])
        # Beyond what grows whole nothing goes farther than its edge does: space is pushed together, and never folds.
        beyond = spot.whole / np.maximum(out, spot.whole)
        share = front * beyond * (1.0 - smoothstep((out - spot.whole) / (1.0 - spot.whole)))
        moved += share[:, None] * way * spot.gain
    return moved


def _turned(points: FloatArray, spots: Sequence[Spot], normals: FloatArray) -> FloatArray:
    """Unit normals (n, 3) of a surface that the warp has taken along: they stay square to it."""
    slopes = [
        (_warped(points + _STEP * axis, spots) - _warped(points - _STEP * axis, spots)) / (2.0 * _STEP)
        for axis in np.eye(3)
    ]
    # The cofactors of the warp's slope, which is what takes normals along.
    crossed = [surface.cross(slopes[(k + 1) % 3], slopes[(k + 2) % 3]) for k in range(3)]
    x, y, z = (normals[:, [k]] * crossed[k] for k in range(3))
    return surface.unit(x + y + z)
