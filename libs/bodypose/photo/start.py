"""A first guess of a pose: every limb led straight to where the network has it."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from bodypose import body
from bodypose.arrays import BoolArray, FloatArray
from bodypose.joints import FRAMES, angles_of
from bodypose.limits import clamped
from bodypose.photo.guess import HABITS
from bodypose.skeleton import BONES, IDENTITY, INDEX

_LIMBS = (
    ("LeftArm", "LeftForeArm", 11, 13, 15),
    ("RightArm", "RightForeArm", 12, 14, 16),
    ("LeftUpLeg", "LeftLeg", 23, 25, 27),
    ("RightUpLeg", "RightLeg", 24, 26, 28),
)
"""Two bones, and the landmarks at their ends."""
_BENT = 0.2
"""Sine of the bend from which a limb's lower part says how the upper one is turned about itself."""


def facing(world: FloatArray) -> FloatArray:
    """(4,) turn of the pelvis by where hips and shoulders (33, 3) are."""
    hips, shoulders = world[list(body.HIPS)], world[list(body.SHOULDERS)]
    left = hips[0] - hips[1] + (shoulders[0] - shoulders[1]) / 3.0
    up = shoulders.mean(axis=0) - hips.mean(axis=0)
    left = _unit(left)
    up = _unit(up - (up @ left) * left)
    turn: FloatArray = Rotation.from_matrix(np.stack([left, up, np.cross(left, up)], axis=1)).as_quat()
    return turn


def first_angles(world: FloatArray, seen: BoolArray) -> FloatArray:
    """(n,) radians for `guess.HABITS`, of landmarks (33, 3) of which some (33,) are seen; the others are at ease."""
    trunk = Rotation.from_quat(facing(world))
    turns = np.tile(IDENTITY, (len(BONES), 1))
    told = np.zeros(len(BONES), bool)
    for upper, lower, *ends in _LIMBS:
        if not seen[ends].all():
            continue
        ways = trunk.inv().apply(np.diff(world[ends], axis=0))
        first, second = INDEX[upper], INDEX[lower]
        led = _led(FRAMES[first], _side(upper), ways[0])
        led = led * _about_itself(
            FRAMES[second], _side(lower), FRAMES[first, 2] * _side(upper), led.inv().apply(ways[1])
        )
        turns[first] = led.as_quat()
        turns[second] = _led(FRAMES[second], _side(lower), led.inv().apply(ways[1])).as_quat()
        told[[first, second]] = True
    angles = angles_of(clamped(turns))[HABITS.bones, HABITS.axes]
    return np.where(told[HABITS.bones], angles, HABITS.ease)


def _side(bone: str) -> FloatArray:
    """(3,) what turns an axis of a left bone into that of this one."""
    return np.array([-1.0 if bone.startswith("Right") else 1.0, 1.0, 1.0])


def _led(frame: FloatArray, side: FloatArray, way: FloatArray) -> Rotation:
    """The shortest turn that leads a bone's own axis along a way."""
    along, to = frame[2] * side, _unit(way)
    axis = np.cross(along, to)
    sine = float(np.linalg.norm(axis))
    return Rotation.from_rotvec(axis / max(sine, 1e-9) * np.arctan2(sine, along @ to))


def _about_itself(frame: FloatArray, side: FloatArray, upper: FloatArray, way: FloatArray) -> Rotation:
    """The turn of the upper bone about its own axis by which the lower one bends to its way as a hinge does."""
    bends_to = _across(np.cross(frame[0], frame[2]) * side, upper)
    wanted = _across(_unit(way), upper)
    if np.linalg.norm(wanted) < _BENT:
        return Rotation.identity()
    angle = np.arctan2(upper @ np.cross(bends_to, wanted), bends_to @ wanted)
    return Rotation.from_rotvec(upper * angle)


def _across(way: FloatArray, axis: FloatArray) -> FloatArray:
    across: FloatArray = way - (way @ axis) * axis
    return across


def _unit(way: FloatArray) -> FloatArray:
    unit: FloatArray = way / max(float(np.linalg.norm(way)), 1e-9)
    return unit
