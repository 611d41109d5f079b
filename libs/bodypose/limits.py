"""How far joints turn, and poses brought within it.

Sources, degrees:
* A: American Academy of Orthopaedic Surgeons, Joint Motion: Method of Measuring and Recording (1965).
* C: Soucie et al., Range of motion measurements: reference values and a database for comparison studies (2011), the
  CDC's study; means of adults between 20 and 44.
* K: Kapandji, The Physiology of the Joints: how far a joint goes when weight or a hand pushes it.
* I: Inman, Saunders and Abbott, Observations on the function of the shoulder joint (1944): how the collar bone follows
  the arm.
* Y: Youdas et al., Normal range of motion of the cervical spine (1992).

Ranges count from the A pose, whose upper arms stand 45 degrees off the body and whose elbows are bent by 12. The spine's
ranges are shared by its bones; the neck's by neck and head, where half of the rotation is the head's.

Joints do not reach their largest swings in two directions at once. A swing is allowed where the cubes of its parts,
each a share of its range, sum to no more than one: between the ellipse, which forbids crossed legs, and the rectangle.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.joints import angles_of, turns_at
from bodypose.skeleton import BONES, Pose, pose_of, turns_of

Range = tuple[float, float]

_FREE = ((-180.0, 180.0), (-180.0, 180.0), (-180.0, 180.0))
_FINGER_BASE = (
    (-30.0, 90.0),
    (-20.0, 20.0),
    (-10.0, 10.0),
)  # A: flexion 90, extension 45; less of it looks at ease
_FINGER_MIDDLE = ((-5.0, 100.0), (-3.0, 3.0), (-3.0, 3.0))  # A: flexion 100
_FINGER_TIP = ((-10.0, 90.0), (-3.0, 3.0), (-3.0, 3.0))  # A: flexion 90

RANGES_DEG: Mapping[str, tuple[Range, Range, Range]] = {
    "Hips": _FREE,
    # C: flexion 130 to 134, K: 145 with the knee pulled up; A: extension 30, abduction 45, adduction 30, rotation 45.
    # K: bent hips open to 70 and turn out by 60, as in sitting cross-legged.
    "UpLeg": ((-30.0, 140.0), (-30.0, 65.0), (-60.0, 45.0)),
    # A: flexion 135, K: 160 when sitting on the heels; K: a bent knee turns out by 40 and in by 30.
    "Leg": ((-5.0, 155.0), (-6.0, 6.0), (-40.0, 30.0)),
    # A: up 20, down 50, C: down 62, K: up 35 under weight; A: outer edge up 15, down 35.
    "Foot": ((-62.0, 35.0), (-20.0, 20.0), (-35.0, 15.0)),
    # A: up 70, K: up 90 under weight; A: down 45.
    "ToeBase": ((-45.0, 90.0), (-5.0, 5.0), (-5.0, 5.0)),
    # A, the three together: flexion 80, extension 30, lateral bending 35, rotation 45.
    "Spine": ((-12.0, 32.0), (-13.0, 13.0), (-15.0, 15.0)),
    "Spine1": ((-10.0, 24.0), (-11.0, 11.0), (-15.0, 15.0)),
    "Spine2": ((-8.0, 24.0), (-11.0, 11.0), (-15.0, 15.0)),
    # A: flexion 45, extension 45, lateral bending 45; Y: rotation 70 to 80, extension 75.
    "Neck": ((-30.0, 25.0), (-22.0, 22.0), (-38.0, 38.0)),
    "Head": ((-30.0, 25.0), (-22.0, 22.0), (-38.0, 38.0)),
    # I: elevation 30 to 36, depression 10, forward and back by 15 each, rolling back by 40.
    "Shoulder": ((-10.0, 36.0), (-18.0, 15.0), (-40.0, 15.0)),
    # A: flexion 180, extension 60, abduction 180 with the collar bone's 36; adduction 45 below the A pose's 45, more in
    # front of the chest; rotation 90 outward, 70 inward and 20 of the shoulder blade's.
    "Arm": ((-72.0, 130.0), (-90.0, 135.0), (-90.0, 90.0)),
    # A: flexion 150, less the 12 of the A pose; C: palm back 80, palm front 88, half of it at either end of the forearm,
    # whose two bones turn about each other along its length.
    "ForeArm": ((-17.0, 138.0), (-12.0, 12.0), (-44.0, 42.0)),
    # A: flexion 80, extension 70, to the thumb 20, to the little finger 30.
    "Hand": ((-70.0, 80.0), (-30.0, 20.0), (-44.0, 42.0)),
    "HandIndex1": _FINGER_BASE,
    "HandIndex2": _FINGER_MIDDLE,
    "HandIndex3": _FINGER_TIP,
    "HandMiddle1": _FINGER_BASE,
    "HandMiddle2": _FINGER_MIDDLE,
    "HandMiddle3": _FINGER_TIP,
    "HandRing1": _FINGER_BASE,
    "HandRing2": _FINGER_MIDDLE,
    "HandRing3": _FINGER_TIP,
    "HandPinky1": _FINGER_BASE,
    "HandPinky2": _FINGER_MIDDLE,
    "HandPinky3": _FINGER_TIP,
    # A: saddle joint 70 off the palm from its side, 15 over it, of which the A pose's relaxed hand has half;
    # joints 50 and 80.
    "HandThumb1": ((-25.0, 40.0), (-35.0, 35.0), (-20.0, 20.0)),
    "HandThumb2": ((-10.0, 50.0), (-8.0, 8.0), (-8.0, 8.0)),
    "HandThumb3": ((-15.0, 80.0), (-3.0, 3.0), (-3.0, 3.0)),
}
"""Limb -> lowest and highest flexion, abduction and rotation as `bodypose.joints` counts them, degrees."""

_SLACK = 1e-6
"""Radians that a clamped joint keeps inside its limit, so that no rounding puts it outside again."""
_ROUND = 3


def _limb(bone: str) -> str:
    return bone.removeprefix("Left").removeprefix("Right")


RANGES: FloatArray = np.radians([RANGES_DEG[_limb(bone)] for bone in BONES])
"""(52, 3, 2) radians."""


def excess(turns: FloatArray) -> FloatArray:
    """(..., 52, 4) unit quaternions -> (..., 52) radians beyond the limits; 0 for joints within them."""
    angles = angles_of(turns)
    away = np.linalg.norm(angles[..., :2] - _swings_within(angles[..., :2], 0.0), axis=-1)
    twist = np.abs(angles[..., 2] - _within(angles[..., 2], 0.0))
    beyond: FloatArray = np.maximum(away, twist)
    return beyond


def clamped(turns: FloatArray) -> FloatArray:
    """(..., 52, 4) unit quaternions with joints that are beyond their limits brought to them, others to the bit."""
    beyond = excess(turns) > 0.0
    if not beyond.any():
        return turns
    angles = angles_of(turns)
    swings = _swings_within(angles[..., :2], _SLACK)
    within = np.concatenate([swings, _within(angles[..., 2], _SLACK)[..., None]], axis=-1)
    return np.where(beyond[..., None], turns_at(within), turns)


def clamp(pose: Pose) -> tuple[Pose, tuple[str, ...]]:
    """The nearest pose within the limits, and the bones that it turns less. Raise UnknownBoneError."""
    given = turns_of(pose)
    turns = clamped(given)
    changed = (turns != given).any(axis=1)
    if not changed.any():
        return pose, ()
    bones = tuple(bone for bone, differs in zip(BONES, changed, strict=True) if differs)
    brought = pose_of(turns, bones=BONES).turns
    return Pose({**pose.turns, **{bone: brought[bone] for bone in bones}}, pose.support), bones


def _swings_within(swings: FloatArray, slack: float) -> FloatArray:
    """(..., 52, 2) flexion and abduction, drawn back straight towards the A pose where they are outside."""
    lowest, highest = RANGES[:, :2, 0] + slack, RANGES[:, :2, 1] - slack
    shares = np.abs(swings) / np.where(swings < 0.0, -lowest, highest)
    size = np.sum(shares**_ROUND, axis=-1, keepdims=True) ** (1.0 / _ROUND)
    return np.where(size > 1.0, swings / np.maximum(size, 1.0), swings)


def _within(rotations: FloatArray, slack: float) -> FloatArray:
    """(..., 52) rotations within their ranges."""
    return np.clip(rotations, RANGES[:, 2, 0] + slack, RANGES[:, 2, 1] - slack)
