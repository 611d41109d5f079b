"""What people do: a stance without effort, how far they leave it, and hands at ease."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bodypose.arrays import FloatArray, IntArray
from bodypose.skeleton import BONES, INDEX

FLEXION, ABDUCTION, ROTATION = range(3)

_HABITS: Mapping[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "Spine": ((0.0, 12.0), (0.0, 6.0), (0.0, 6.0)),
    "Spine1": ((0.0, 10.0), (0.0, 6.0), (0.0, 8.0)),
    "Spine2": ((0.0, 8.0), (0.0, 6.0), (0.0, 8.0)),
    "Neck": ((0.0, 12.0), (0.0, 10.0), (0.0, 18.0)),
    "Head": ((0.0, 12.0), (0.0, 10.0), (0.0, 18.0)),
    "Shoulder": ((0.0, 10.0), (0.0, 6.0), (0.0, 0.0)),
    "Arm": ((0.0, 60.0), (-38.0, 70.0), (0.0, 40.0)),
    "ForeArm": ((8.0, 70.0), (0.0, 0.0), (0.0, 35.0)),
    "Hand": ((0.0, 25.0), (0.0, 10.0), (0.0, 0.0)),
    "UpLeg": ((0.0, 60.0), (-4.0, 25.0), (-4.0, 20.0)),
    "Leg": ((4.0, 70.0), (0.0, 0.0), (0.0, 8.0)),
    "Foot": ((0.0, 18.0), (0.0, 6.0), (0.0, 6.0)),
}
"""Limb -> (at ease, how far people leave that) in flexion, abduction and rotation, degrees; zero where nothing is left."""

_CURL: Mapping[str, tuple[float, float, float]] = {
    "HandIndex": (5.0, 9.0, 5.0),
    "HandMiddle": (7.0, 11.0, 6.0),
    "HandRing": (9.0, 12.0, 6.0),
    "HandPinky": (10.0, 12.0, 6.0),
    "HandThumb": (2.0, 4.0, 4.0),
}
"""Flexion of the three joints of a hand at ease, degrees; the A pose's is half way there."""


@dataclass(frozen=True, slots=True)
class Habits:
    """The angles that a photo tells about."""

    bones: IntArray
    """(n,) bone of each."""
    axes: IntArray
    """(n,) flexion, abduction or rotation."""
    ease: FloatArray
    """(n,) radians."""
    reach: FloatArray
    """(n,) radians: a standard deviation."""


def _habits() -> Habits:
    rows = []
    for number, bone in enumerate(BONES):
        limb = bone.removeprefix("Left").removeprefix("Right")
        for axis, (ease, reach) in enumerate(_HABITS.get(limb, ())):
            if reach:
                rows.append((number, axis, (ease, reach)))
    bones, axes = (np.array([row[place] for row in rows]) for place in (0, 1))
    angles = np.radians([row[2] for row in rows])
    return Habits(bones, axes, angles[:, 0], angles[:, 1])


def _at_ease() -> FloatArray:
    """(52, 3) radians: hands curled, nothing else turned."""
    angles = np.zeros((len(BONES), 3))
    for side in ("Left", "Right"):
        for finger, joints in _CURL.items():
            for joint, degrees in enumerate(joints, 1):
                angles[INDEX[f"{side}{finger}{joint}"], FLEXION] = np.radians(degrees)
    return angles


HABITS = _habits()
HANDS_AT_EASE: FloatArray = _at_ease()
