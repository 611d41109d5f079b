"""Hands that rest on the body: where they do on the middling one, and how an arm reaches the same place on another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from bodypose.arrays import FloatArray
from bodypose.limbs import SIDES, Limbs
from bodypose.obstacles import Obstacle, Skin

_RESTS_M, _NEAR_M = 0.02, 0.045
"""A hand this near to the body rests on it; farther than the latter it does not; in between by a share."""
_STRETCHED = 0.999
"""Share of its length that an arm reaches at most."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A hand on the middling body."""

    hand: int
    """The point of it that is nearest to the body, of `Limbs`."""
    body: int
    """The body's nearest point, of `Limbs`."""
    offset: FloatArray
    """(3,) metres from there to the hand, which lies outside."""
    share: float
    """0..1: how much it rests."""

    def aim(self, skin: Skin) -> FloatArray:
        """(3,) metres that the hand of another body moves by to rest there."""
        aim: FloatArray = self.share * (skin.points[self.body] + self.offset - skin.points[self.hand])
        return aim


def touches(skin: Skin, limbs: Limbs) -> Mapping[str, Touch | None]:
    """Where each side's hand rests on a posed body; None where it does not."""
    return {side: _touch(skin, limbs, side) for side in SIDES}


def _touch(skin: Skin, limbs: Limbs, side: str) -> Touch | None:
    around = limbs.around[side]
    body = Obstacle(skin.only(around))
    hand = limbs.arms[side][limbs.hand[limbs.arms[side]]]
    heights, nearest = body.heights(skin.points[hand])
    closest = int(heights.argmin())
    height = float(heights[closest])
    if height >= _NEAR_M:
        return None
    share = min((_NEAR_M - height) / (_NEAR_M - _RESTS_M), 1.0)
    place = int(around[nearest[closest]])
    offset = skin.points[hand[closest]] - skin.points[place]
    inside = min(float(offset @ skin.normals[place]), 0.0)
    return Touch(int(hand[closest]), place, offset - inside * skin.normals[place], share)


def reached(joints: FloatArray, move: FloatArray) -> tuple[FloatArray, FloatArray]:
    """World rotations (3, 3) of upper arm and forearm that move a wrist by `move` (3,) metres, as far as the arm goes.

    `joints` (3, 3) are shoulder, elbow and wrist. The arm stays in its plane, which turns with the wrist.
    """
    shoulder, elbow, wrist = joints
    upper, fore = elbow - shoulder, wrist - elbow
    a, b = float(np.linalg.norm(upper)), float(np.linalg.norm(fore))
    aim = wrist + move - shoulder
    length = float(np.linalg.norm(aim))
    reach = float(np.clip(length, abs(a - b) / _STRETCHED, _STRETCHED * (a + b)))
    hinge = np.cross(upper, fore)
    size = float(np.linalg.norm(hinge))
    # A straight arm bends as it would by its own weight: the elbow's plane is any.
    hinge = hinge / size if size > 1e-6 * a * b else np.cross(upper, [0.0, 0.0, 1.0]) / a
    bent = np.arctan2(size, float(upper @ fore))
    wanted = np.arccos(np.clip((reach**2 - a * a - b * b) / (2.0 * a * b), -1.0, 1.0))
    bend = Rotation.from_rotvec((wanted - bent) * hinge)
    swing = _shortest(upper + bend.apply(fore), aim)
    return swing.as_matrix(), (swing * bend).as_matrix()


def _shortest(start: FloatArray, end: FloatArray) -> Rotation:
    """The least turn from one direction to another."""
    axis = np.cross(start, end)
    size = float(np.linalg.norm(axis))
    if size < 1e-12:
        return Rotation.identity()
    return Rotation.from_rotvec(axis * (np.arctan2(size, float(start @ end)) / size))
