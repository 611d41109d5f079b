"""The platform's skeleton, poses of it, and where a pose takes its bones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from bodypose.arrays import FloatArray, crossed

Quaternion = tuple[float, float, float, float]
"""x, y, z, w."""

IDENTITY: Quaternion = (0.0, 0.0, 0.0, 1.0)
_FINGERS = ("Index", "Middle", "Pinky", "Ring", "Thumb")
_LEG = ("Leg", "Foot", "ToeBase")


class Support(Enum):
    """What carries the body."""

    FEET = "feet"
    SEAT = "seat"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Pose:
    """How joints are turned; bones that are not named keep the A pose's turn beside their parents."""

    turns: Mapping[str, Quaternion]
    """Each a unit quaternion; `Hips` turns the whole body."""
    support: Support = Support.FEET


class UnknownBoneError(ValueError):
    """A pose turns a bone that the skeleton lacks."""


def _limb(names: Sequence[str], parent: str) -> list[tuple[str, str]]:
    """A chain of bones, each with its parent."""
    return list(zip(names, (parent, *names), strict=False))


def _leg(side: str) -> list[tuple[str, str]]:
    return _limb([f"{side}UpLeg", *(f"{side}{bone}" for bone in _LEG)], "Hips")


def _arm(side: str) -> list[tuple[str, str]]:
    hand = f"{side}Hand"
    bones = _limb([f"{side}Shoulder", f"{side}Arm", f"{side}ForeArm", hand], "Spine2")
    for finger in _FINGERS:
        bones += _limb([f"{hand}{finger}{joint}" for joint in (1, 2, 3)], hand)
    return bones


_TREE = [
    ("Hips", ""),
    *_leg("Left"),
    *_leg("Right"),
    *_limb(["Spine", "Spine1", "Spine2"], "Hips"),
    *_arm("Left"),
    *_limb(["Neck", "Head"], "Spine2"),
    *_arm("Right"),
]

BONES: tuple[str, ...] = tuple(bone for bone, _ in _TREE)
"""The 52 bones in the order of `models/body_template`; a parent precedes its children."""
INDEX: Mapping[str, int] = {bone: index for index, bone in enumerate(BONES)}
"""Number of each bone."""
PARENTS: tuple[int, ...] = tuple(INDEX.get(parent, -1) for _, parent in _TREE)
"""Number of each bone's parent, -1 for the root."""


def turns_of(pose: Pose, bones: Sequence[str] = BONES) -> FloatArray:
    """(B, 4) float64 unit quaternions of a rig's bones. Raise UnknownBoneError, or ValueError for one of no length."""
    number = {bone: index for index, bone in enumerate(bones)}
    turns = np.tile(IDENTITY, (len(bones), 1))
    for bone, turn in pose.turns.items():
        if bone not in number:
            raise UnknownBoneError(bone)
        turns[number[bone]] = turn
    lengths = np.linalg.norm(turns, axis=1, keepdims=True)
    if not (lengths > 0.0).all():
        raise ValueError("a quaternion has no length")
    unit: FloatArray = turns / lengths
    return unit


def pose_of(turns: FloatArray, support: Support = Support.FEET, bones: Sequence[str] = BONES) -> Pose:
    """The pose of (B, 4) unit quaternions; bones that do not turn are left out."""
    still = (turns[:, :3] == 0.0).all(axis=1)
    named = {
        bone: (float(x), float(y), float(z), float(w))
        for bone, (x, y, z, w), resting in zip(bones, turns, still, strict=True)
        if not resting
    }
    return Pose(named, support)


def forward(
    turns: FloatArray, rest: FloatArray, parents: Sequence[int] = PARENTS
) -> tuple[FloatArray, FloatArray]:
    """World rotations (..., B, 3, 3) and bone heads (..., B, 3) of poses (..., B, 4) on a body's rest heads (B, 3).

    The root's head stays where it is at rest: how high a body stands is not in a pose.
    """
    own = matrices(turns)
    world, heads = np.zeros_like(own), np.zeros(own.shape[:-1])
    for bone, parent in enumerate(parents):
        if parent < 0:
            world[..., bone, :, :] = own[..., bone, :, :]
            heads[..., bone, :] = rest[..., bone, :]
        else:
            above = world[..., parent, :, :]
            world[..., bone, :, :] = above @ own[..., bone, :, :]
            offset = rest[..., bone, :] - rest[..., parent, :]
            heads[..., bone, :] = heads[..., parent, :] + np.einsum("...ij,...j->...i", above, offset)
    return world, heads


def matrices(turns: FloatArray) -> FloatArray:
    """(..., 4) unit quaternions -> (..., 3, 3) rotations."""
    x, y, z, w = np.moveaxis(turns.astype(np.float64), -1, 0)
    rows = [
        [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)],
        [2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)],
        [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def product(first: FloatArray, second: FloatArray) -> FloatArray:
    """(..., 4) quaternions of turning by `second`, then by `first`: as matrices multiply."""
    a, a_w = first[..., :3], first[..., 3:]
    b, b_w = second[..., :3], second[..., 3:]
    vector = a_w * b + b_w * a + crossed(a, b)
    scalar = a_w * b_w - np.sum(a * b, axis=-1, keepdims=True)
    return np.concatenate([vector, scalar], axis=-1)


def turned(turns: FloatArray, vectors: FloatArray) -> FloatArray:
    """Vectors (..., 3) turned by unit quaternions (..., 4)."""
    axis, scalar = turns[..., :3], turns[..., 3:]
    across = 2.0 * crossed(axis, vectors)
    result: FloatArray = vectors + scalar * across + crossed(axis, across)
    return result


def inverse(turns: FloatArray) -> FloatArray:
    """(..., 4) unit quaternions that turn back."""
    back: FloatArray = turns * np.array([-1.0, -1.0, -1.0, 1.0])
    return back


def mirrored(turns: FloatArray) -> FloatArray:
    """(..., 4) quaternions as a mirror in the plane X = 0 shows them."""
    seen: FloatArray = turns * np.array([1.0, -1.0, -1.0, 1.0])
    return seen


def swapped(turns: FloatArray) -> FloatArray:
    """(..., 52, 4) poses with left and right exchanged."""
    return mirrored(turns)[..., _OTHER_SIDE, :]


def _other(bone: str) -> str:
    if bone.startswith("Left"):
        return bone.replace("Left", "Right", 1)
    return bone.replace("Right", "Left", 1)


_OTHER_SIDE = [INDEX[_other(bone)] for bone in BONES]
