"""Whether photos show one person, and whether they are one photo.

Faces are compared by what bone alone makes: distances between points that no expression moves, as shares of the face's
size. The network draws all faces towards a usual one, and the more so the further they are turned: this tells people
apart who differ much, and is no proof that two photos show the same one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from facemodel.arrays import FloatArray, RgbImage
from facemodel.slots import Slot
from facemodel.view import View


@dataclass(frozen=True, slots=True)
class _Distance:
    """Between two points, and how well two photos of one person agree on it (46 rendered people, yaw 20 to 45)."""

    points: tuple[int, int]
    drift: float
    """What its logarithm grows by per degree of yaw, to either side."""
    deviation: float
    """Of its logarithm, from a front photo to one from the side."""


_DISTANCES: Mapping[str, _Distance] = {
    "inner corners of the eyes": _Distance((133, 362), 0.0029, 0.049),
    "bridge to base of the nose": _Distance((168, 2), -0.0007, 0.023),
    "width of the nose": _Distance((129, 358), -0.0002, 0.045),
    "wings of the nose": _Distance((48, 278), 0.0, 0.044),
    "bridge to tip of the nose": _Distance((168, 4), -0.0003, 0.016),
    "corners of the jaw": _Distance((172, 397), 0.0018, 0.053),
    "cheekbones": _Distance((234, 454), 0.0018, 0.040),
}

UNLIKE = 2.1
"""Root mean square of the deviations. Rendered heads: of 250 pairs of photos of one person none is further apart than 2.04,
of photos of two people one pair in ten is. How well all points of three photos fit one fused face was tried as well: of 44
people with another one's side photo, 2 fit worse than the worst of those with their own."""

_SAME_PIXELS = 0.975
_THUMBNAIL = 28
"""Pixels. Photos of one face from sides 15 degrees apart correlate by 0.76, 0.95 at most; of two people by 0.96 at most."""
_SAME_YAW_DEG = 4.0


def unlikeness(one: View, other: View) -> float:
    """How far the faces of two photos differ, in what two photos of one person usually do."""
    far = _described(one) - _described(other)
    return float(np.sqrt(np.mean((far / [each.deviation for each in _DISTANCES.values()]) ** 2)))


def strangers(views: Mapping[Slot, View]) -> list[Slot]:
    """The photos that show somebody else than the others; the front one where it goes with neither of them."""
    unlike = [pair for pair in combinations(views, 2) if unlikeness(views[pair[0]], views[pair[1]]) > UNLIKE]
    odd = [slot for slot in views if sum(slot in pair for pair in unlike) > 1]
    if len(odd) == 1:
        return odd
    # The sides alone may disagree: they are the least exact, and both go with the front.
    sides: list[Slot] = [
        slot
        for slot in views
        if slot is not Slot.FRONT and any({slot, Slot.FRONT} == {*pair} for pair in unlike)
    ]
    return [Slot.FRONT] if len(sides) > 1 else sides


def copies(views: Mapping[Slot, View], squares: Mapping[Slot, RgbImage]) -> list[Slot]:
    """The photos that are another one of them once more, however they were saved; the first of them does not count.

    `squares` are the faces' `quality.square_of`.
    """
    small = {slot: _thumbnail(square) for slot, square in squares.items()}
    again = {
        later
        for first, later in combinations(views, 2)
        if abs(views[first].pose.yaw_deg - views[later].pose.yaw_deg) < _SAME_YAW_DEG
        and float(np.mean(small[first] * small[later])) > _SAME_PIXELS
    }
    return [slot for slot in views if slot in again]


def _described(view: View) -> FloatArray:
    """Logarithms of the distances as shares of the face's size, as they would be from the front."""
    points = view.mesh.points / view.pose.scale
    yaw = abs(view.pose.yaw_deg)
    return np.array(
        [
            np.log(np.linalg.norm(points[each.points[0]] - points[each.points[1]])) - each.drift * yaw
            for each in _DISTANCES.values()
        ]
    )


def _thumbnail(square: RgbImage) -> FloatArray:
    """The face's pixels, small and grey, of mean 0 and deviation 1."""
    side = len(square) // _THUMBNAIL
    grey = square.reshape(_THUMBNAIL, side, _THUMBNAIL, side, 3).mean(axis=(1, 3, 4))
    normed: FloatArray = (grey - grey.mean()) / max(float(grey.std()), 1.0)
    return normed
