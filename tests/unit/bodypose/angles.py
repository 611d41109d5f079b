"""Poses by the angles of their joints."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.joints import turns_at
from bodypose.skeleton import BONES, INDEX

Angles = Mapping[str, tuple[float, float, float]]
"""Limb, or bone -> flexion, abduction and rotation, degrees."""
HANDS_ON_HIPS: Angles = {"Arm": (-31, 0, 37), "ForeArm": (88, 0, -50), "Hand": (48, 0, 0)}
ARMS_DOWN: Angles = {"Arm": (0, -38, 0), "ForeArm": (10, 0, 0)}
STRIDE: Angles = {
    "LeftUpLeg": (30, -8, 0),
    "RightUpLeg": (-20, -8, 0),
    "LeftLeg": (10, 0, 0),
    "RightLeg": (25, 0, 0),
}
SEATED: Angles = {"UpLeg": (85, 5, 0), "Leg": (80, 0, 0), "Arm": (30, -20, 0)}

LONG_SEATED: Angles = {
    "UpLeg": (76, 6, 0),
    "Leg": (10, 0, 0),
    "Foot": (-20, 0, 0),
    "Spine": (20, 0, 0),
    "Spine1": (16, 0, 0),
}
"""On the floor with stretched legs, which are too high for the pelvis to touch it."""


def turned(angles: Angles) -> FloatArray:
    """(52, 4) joints at some angles; a limb named without its side is turned on both."""
    degrees = np.zeros((len(BONES), 3))
    for limb, at in angles.items():
        for bone in (limb, f"Left{limb}", f"Right{limb}"):
            if bone in INDEX:
                degrees[INDEX[bone]] = at
    return turns_at(np.radians(degrees))
