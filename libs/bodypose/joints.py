"""Turns of joints in the terms of anatomy: flexion, abduction and rotation, in radians from the A pose.

A turn is a rotation about the bone's own axis and then a swing that leads the axis the shortest way to where it points.
The swing is a vector across the axis: its part about the axis of flexion and its part about the axis of abduction. Three
numbers name every turn, without a singular place short of a bone that points backwards through its own joint.

| joint | flexion | abduction | rotation |
|---|---|---|---|
| hip | thigh forward | outward | knee inward |
| knee | heel to the back | inward | toes inward |
| ankle | toes up | toes outward | outer edge up |
| toes | up | outward | outer edge up |
| spine, neck, head | forward | to the right | to the left |
| collar bone | shoulder up | back | its front down |
| shoulder | upper arm forward | up | inward |
| elbow | hand forward | up | palm back |
| wrist, fingers | to the palm | to the thumb's side | palm back |
| thumb | over the palm | off the palm | as fingers |

Right limbs count as left ones in a mirror, so both sides have the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.skeleton import BONES, INDEX, PARENTS, inverse, mirrored, product

_HALF_MM: Mapping[str, tuple[int, int, int]] = {
    "Hips": (0, 932, 6),
    "LeftUpLeg": (111, 891, 0),
    "LeftLeg": (110, 517, 32),
    "LeftFoot": (111, 76, 3),
    "LeftToeBase": (106, 27, 150),
    "Spine": (0, 1025, 15),
    "Spine1": (0, 1135, 3),
    "Spine2": (0, 1259, -29),
    "LeftShoulder": (62, 1416, 15),
    "LeftArm": (176, 1351, 21),
    "LeftForeArm": (377, 1150, 21),
    "LeftHand": (539, 936, 40),
    "LeftHandIndex1": (593, 848, 85),
    "LeftHandIndex2": (601, 823, 93),
    "LeftHandIndex3": (604, 800, 98),
    "LeftHandMiddle1": (599, 848, 58),
    "LeftHandMiddle2": (609, 814, 58),
    "LeftHandMiddle3": (614, 786, 60),
    "LeftHandPinky1": (591, 854, 16),
    "LeftHandPinky2": (596, 833, 10),
    "LeftHandPinky3": (597, 817, 6),
    "LeftHandRing1": (599, 851, 37),
    "LeftHandRing2": (608, 822, 32),
    "LeftHandRing3": (613, 796, 30),
    "LeftHandThumb1": (555, 905, 72),
    "LeftHandThumb2": (541, 885, 94),
    "LeftHandThumb3": (539, 855, 117),
    "Neck": (0, 1448, 10),
    "Head": (0, 1496, 21),
}
"""Bone heads of the shape space's mean body, for the middle and the left."""
_LEFT, _UP, _FORWARD = np.eye(3)
_SMALL = 1e-12
"""Sine of half a swing whose direction is lost in rounding."""

_ENDS: Mapping[str, FloatArray | str] = {
    **dict.fromkeys(("Hips", "Spine", "Spine1", "Spine2", "Neck", "Head"), _UP),
    "LeftToeBase": _FORWARD,
    "LeftHand": "LeftHandMiddle1",
}
"""Where a bone's own axis points, unless it is to the next bone of its limb."""


def _rest() -> FloatArray:
    points = []
    for bone in BONES:
        x, y, z = _HALF_MM[bone.replace("Right", "Left", 1)]
        points.append((-x if bone.startswith("Right") else x, y, z))
    return np.array(points, np.float64) / 1000.0


REST: FloatArray = _rest()
"""(52, 3) metres: bone heads of the middling body in the A pose."""


def _axis(bone: str) -> FloatArray:
    """Unit vector along a bone of the middle or the left; the tip of a finger goes on as the joint before."""
    end = _ENDS.get(bone)
    if isinstance(end, str):
        way = REST[INDEX[end]] - REST[INDEX[bone]]
    elif end is not None:
        way = end
    else:
        index = INDEX[bone]
        child = PARENTS.index(index) if index in PARENTS else index
        start = PARENTS[index] if child == index else index
        way = REST[child] - REST[start]
    unit: FloatArray = way / np.linalg.norm(way)
    return unit


def _towards(bone: str) -> FloatArray:
    """Where flexion leads the end of a bone of the middle or the left."""
    limb = bone.removeprefix("Left")
    if limb in ("Foot", "ToeBase", "Shoulder"):
        return _UP
    if limb == "Leg":
        return -_FORWARD
    if "Thumb" in limb:
        across: FloatArray = REST[INDEX["LeftHandPinky1"]] - REST[INDEX["LeftHandThumb3"]]
        return across
    if limb.startswith("Hand"):
        # Into the palm: across the hand and across its row of knuckles.
        knuckles = REST[INDEX["LeftHandIndex1"]] - REST[INDEX["LeftHandPinky1"]]
        palm: FloatArray = np.cross(_axis("LeftHand"), knuckles)
        return palm
    return _FORWARD


def _frames() -> FloatArray:
    """(52, 3, 3) rows: the axes of flexion, abduction and rotation of each bone, of right ones in the mirror."""
    frames = []
    for bone in BONES:
        half = bone.replace("Right", "Left", 1)
        along = _axis(half)
        flexion = np.cross(along, _towards(half))
        flexion /= np.linalg.norm(flexion)
        frames.append(np.stack([flexion, np.cross(flexion, along), along]))
    return np.array(frames)


FRAMES: FloatArray = _frames()
_RIGHT = np.array([bone.startswith("Right") for bone in BONES])[:, None]


def angles_of(turns: FloatArray) -> FloatArray:
    """(..., 52, 4) unit quaternions -> (..., 52, 3) flexion, abduction and rotation in radians."""
    half = np.where(_RIGHT, mirrored(turns), turns)
    half = np.where(half[..., 3:] < 0.0, -half, half)
    along = np.sum(half[..., :3] * FRAMES[:, 2], axis=-1)
    length = np.hypot(along, half[..., 3])
    turned = length > 0.0
    share = np.where(turned, length, 1.0)
    scalar = np.where(turned, half[..., 3] / share, 1.0)
    twist = _quaternions(FRAMES[:, 2], along / share, scalar)
    swing = product(half, inverse(twist))
    across = np.linalg.norm(swing[..., :3], axis=-1)
    # The vector of a small turn is twice the quaternion's.
    turning = across > _SMALL
    scale = np.where(turning, 2.0 * np.arctan2(across, length) / np.where(turning, across, 1.0), 2.0)
    vector = scale[..., None] * swing[..., :3]
    swings = np.einsum("bij,...bj->...bi", FRAMES[:, :2], vector)
    return np.concatenate([swings, 2.0 * np.arctan2(along, half[..., 3])[..., None]], axis=-1)


def turns_at(angles: FloatArray) -> FloatArray:
    """(..., 52, 3) flexion, abduction and rotation in radians -> (..., 52, 4) unit quaternions."""
    vector = np.einsum("bij,...bi->...bj", FRAMES[:, :2], angles[..., :2])
    angle = np.linalg.norm(vector, axis=-1)
    # sin(a / 2) / a, which is 1/2 where nothing turns.
    scale = np.sinc(angle / (2.0 * np.pi)) / 2.0
    swing = _quaternions(vector, scale, np.cos(angle / 2.0))
    half_twist = angles[..., 2] / 2.0
    turns = product(swing, _quaternions(FRAMES[:, 2], np.sin(half_twist), np.cos(half_twist)))
    return np.where(_RIGHT, mirrored(turns), turns)


def _quaternions(axes: FloatArray, sines: FloatArray, cosines: FloatArray) -> FloatArray:
    """(..., 52, 4) from axes (..., 52, 3) and what they and the scalar part are multiplied by (..., 52)."""
    return np.concatenate([sines[..., None] * axes, cosines[..., None]], axis=-1)
