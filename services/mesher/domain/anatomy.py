"""Where things are on a body: levels, limbs, and the fields whose zero lines garments are cut along.

Fields are signed distances in metres, positive where cloth is kept. They are evaluated once, on the reference body.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.mesher.domain.surface import FloatArray

SIDES = ("Left", "Right")
_ELBOW = 0.5
# Below this share of the arm the cut turns from across the arm to an upright armhole.
_ARMHOLE_SHARE = 0.3
# The armpit lies under the shoulder joint; offsets are shares of the upper arm's length.
_ARMPIT = np.array([0.03, -0.27, 0.0])
# Between the side of the body and an arm at 45 degrees.
_SEPARATOR_SLOPE = np.tan(np.radians(20.0))


@dataclass(frozen=True, slots=True)
class Levels:
    """Heights on one body, metres above the floor."""

    chest: float
    waist: float
    hip: float
    crotch: float
    knee: float
    ankle: float

    def hem(self, share: float) -> float:
        """Height of a hem: 0 the waist, 0.5 the knee, 1 the ankle."""
        return float(np.interp(share, (0.0, 0.5, 1.0), (self.waist, self.knee, self.ankle)))


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Bone heads of one body by name, (3,) metres each."""

    heads: Mapping[str, FloatArray]

    @classmethod
    def of(cls, bones: Sequence[str], heads: FloatArray) -> Skeleton:
        """Bind the names of a rig to (B, 3) bone heads."""
        return cls(dict(zip(bones, heads.astype(np.float64), strict=True)))

    def arm(self, side: str) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Shoulder, elbow and wrist."""
        return self.heads[f"{side}Arm"], self.heads[f"{side}ForeArm"], self.heads[f"{side}Hand"]

    def levels(self, chest: float, waist: float, hip: float, crotch: float) -> Levels:
        """The levels of the tape, with those of the bones."""
        return Levels(
            chest, waist, hip, crotch, float(self.heads["LeftLeg"][1]), float(self.heads["LeftFoot"][1])
        )

    def arm_share(self, points: FloatArray) -> FloatArray:
        """(n, 3) -> (n,): 0 at the shoulder joint, 0.5 at the elbow, 1 at the wrist, of the arm on the point's side."""
        left = self._share_of(points, "Left")
        return np.where(points[:, 0] > 0.0, left, self._share_of(points, "Right"))

    def _share_of(self, points: FloatArray, side: str) -> FloatArray:
        shoulder, elbow, wrist = self.arm(side)
        upper = _along(points, shoulder, elbow)
        lower = _along(points, elbow, wrist)
        return _ELBOW * np.minimum(upper, 1.0) + _ELBOW * np.maximum(lower, 0.0)

    def torso_side(self, points: FloatArray) -> FloatArray:
        """(n,) field: positive between the arms, negative on them."""
        distances = []
        for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
            shoulder, elbow, _ = self.arm(side)
            armpit = shoulder + np.linalg.norm(elbow - shoulder) * _ARMPIT * [sign, 1.0, 1.0]
            outward = np.array([sign, _SEPARATOR_SLOPE, 0.0]) / np.hypot(1.0, _SEPARATOR_SLOPE)
            distances.append((armpit - points) @ outward)
        nearest: FloatArray = np.minimum(*distances)
        return nearest

    def sleeve(self, points: FloatArray, share: float) -> FloatArray:
        """(n,) field: positive up to a share of the arms, and on the torso."""
        fields = []
        for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
            shoulder, elbow, wrist = self.arm(side)
            on_upper = share <= _ELBOW
            start, end = (shoulder, elbow) if on_upper else (elbow, wrist)
            centre = start + (end - start) * (2.0 * share - (0.0 if on_upper else 1.0))
            across = (end - start) / np.linalg.norm(end - start)
            turned = min(share / _ARMHOLE_SHARE, 1.0)
            normal = (1.0 - turned) * np.array([sign, 0.0, 0.0]) + turned * across
            normal /= np.linalg.norm(normal)
            fields.append((centre - points) @ normal)
        sleeve: FloatArray = np.maximum(np.minimum(*fields), self.torso_side(points))
        return sleeve

    def neckline(self, points: FloatArray, openness: float) -> FloatArray:
        """(n,) field: negative inside a bowl around the base of the neck, which opens to the front and the sides."""
        neck, shoulder = self.heads["Neck"], self.heads["LeftArm"]
        width = shoulder[0] * (0.41 + 0.66 * openness)
        depth = shoulder[0] * (0.52 + 0.20 * openness)
        drop = shoulder[0] * (0.10 + 0.85 * openness)
        p = points - neck - [0.0, -0.012 - 0.02 * openness, 0.012 + 0.02 * openness]
        # The neck's base leans forward: its front lies lower than its nape.
        below = np.minimum(p[:, 1] + 0.55 * p[:, 2], 0.0)
        front = 0.62 + 0.38 * np.tanh(p[:, 2] / 0.04)
        scaled = np.stack([p[:, 0] / width, p[:, 2] / depth, below / (drop * front)], axis=1)
        bowl = (np.linalg.norm(scaled, axis=1) - 1.0) * width
        # The face leans out over the bowl.
        opening: FloatArray = np.minimum(bowl, neck[1] + 0.03 - points[:, 1])
        return opening


def _along(points: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    """(n,) position along a segment: 0 at its start, 1 at its end, linear beyond."""
    axis = end - start
    share: FloatArray = (points - start) @ axis / (axis @ axis)
    return share
