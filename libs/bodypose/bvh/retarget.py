"""A frame of another skeleton to a pose of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from bodypose.arrays import FloatArray
from bodypose.bvh.names import mapped, spine_of
from bodypose.bvh.parse import Joint, parse
from bodypose.bvh.refusal import MotionRefused
from bodypose.joints import REST
from bodypose.limits import clamp
from bodypose.skeleton import BONES, INDEX, PARENTS, Pose, pose_of
from bodypose.support import Stand, support_of

_SPINE = ("Spine", "Spine1", "Spine2")
_LIMBS = (
    ("Arm", "ForeArm"),
    ("ForeArm", "Hand"),
    ("UpLeg", "Leg"),
    ("Leg", "Foot"),
    *(
        (f"Hand{finger}{joint}", f"Hand{finger}{joint + 1}")
        for finger in ("Thumb", "Index", "Middle", "Ring", "Pinky")
        for joint in (1, 2)
    ),
)
"""Bones whose direction counts, each with the bone that it leads to."""
_SHORTEST = 1e-6
"""Of a skeleton's height: shorter bones have no direction."""


@dataclass(frozen=True, slots=True)
class MotionPose:
    """What a frame tells of a pose."""

    pose: Pose
    clamped: tuple[str, ...]
    """Bones that were turned back to what a body can do."""
    unknown: tuple[str, ...]
    """Bones that the file's skeleton lacks; fingers that it lacks go unnamed."""


def read(data: bytes, frame: int) -> MotionPose:
    """The pose of one frame of a BVH file, counted from 0. MotionRefused says what is wrong with any other."""
    motion = parse(data)
    found = mapped(motion.joints)
    source = _Source(motion.joints, motion.turns(frame), found)
    world = np.tile(np.eye(3), (len(BONES), 1, 1))
    for number, bone in enumerate(BONES):
        world[number] = source.turn(bone, world[PARENTS[number]] if PARENTS[number] >= 0 else np.eye(3))
    own = [turn if up < 0 else world[up].T @ turn for turn, up in zip(world, PARENTS, strict=True)]
    turns = Rotation.from_matrix(np.array(own)).as_quat()
    turns[np.linalg.norm(turns[:, :3], axis=1) < _SHORTEST] = (0.0, 0.0, 0.0, 1.0)
    pose, clamped = clamp(pose_of(turns, support_of(Stand.of(turns, REST))))
    lacking = (bone for bone in BONES if bone not in found and bone not in _SPINE and not _is_finger(bone))
    return MotionPose(pose, clamped, tuple(lacking))


def _is_finger(bone: str) -> bool:
    return bone[-1].isdecimal() and "Hand" in bone


class _Source:
    """The file's skeleton in a frame, in our axes."""

    def __init__(self, joints: Sequence[Joint], turns: FloatArray, found: Mapping[str, int]) -> None:
        self._found = found
        rest = np.zeros((len(joints), 3))
        world = turns.copy()
        for number, joint in enumerate(joints):
            if joint.parent >= 0:
                rest[number] = rest[joint.parent] + joint.offset
                world[number] = world[joint.parent] @ turns[number]
        axes = _axes(rest, found)
        self._rest = rest @ axes.T
        self._turned = axes @ world @ axes.T
        self._spine = _spine(self._turned, found["Hips"], spine_of(joints, found))
        self._led: dict[str, FloatArray] = {}

    def turn(self, bone: str, parent: FloatArray) -> FloatArray:
        """(3, 3) of a bone in the world; one that the file lacks goes with its parent (3, 3).

        A bone is turned as its joint is from the file's rest, which is not ours: arms hang in ours and are level in
        most. So it is first led, the shortest way, to where the file's rest has it.
        """
        if bone in _SPINE:
            spine: FloatArray = self._spine[_SPINE.index(bone)]
            return spine
        if bone not in self._found:
            return parent
        turned: FloatArray = self._turned[self._found[bone]] @ self._lead(bone)
        return turned

    def _lead(self, bone: str) -> FloatArray:
        """(3, 3) from our rest to the file's; hands and feet go with their limbs, trunks stand alike."""
        if bone not in self._led:
            self._led[bone] = self._new_lead(bone)
        return self._led[bone]

    def _new_lead(self, bone: str) -> FloatArray:
        side = next((side for side in ("Left", "Right") if bone.startswith(side)), "")
        limb = bone.removeprefix(side)
        if not side or limb in ("Shoulder", "Foot", "ToeBase"):
            return np.eye(3)
        above = BONES[PARENTS[INDEX[bone]]]
        before = self._lead(above) if limb not in ("Arm", "UpLeg") and above in self._found else np.eye(3)
        end = dict(_LIMBS).get(limb)
        if end is None or side + end not in self._found:
            return before
        ours = before @ (REST[INDEX[side + end]] - REST[INDEX[bone]])
        theirs = self._rest[self._found[side + end]] - self._rest[self._found[bone]]
        if np.linalg.norm(theirs) <= _SHORTEST * np.ptp(self._rest, axis=0).max():
            return before
        led: FloatArray = _between(ours, theirs) @ before
        return led


def _spine(turned: FloatArray, hips: int, joints: Sequence[int]) -> FloatArray:
    """(3, 3, 3) of our three bones, as the file's turn from pelvis to chest is spread over its joints."""
    places = np.linspace(0.0, 1.0, len(joints) + 1)
    course = Slerp(places, Rotation.from_matrix(turned[[hips, *joints]]))
    spread: FloatArray = course([1.0 / 3.0, 2.0 / 3.0, 1.0]).as_matrix()
    return spread


def _axes(rest: FloatArray, found: Mapping[str, int]) -> FloatArray:
    """(3, 3) from the file's axes to ours: at rest, heads are up and left hips left. Both axes are the file's nearest."""
    up = _nearest(rest[found["Head"]] - rest[found["Hips"]])
    across = rest[found["LeftUpLeg"]] - rest[found["RightUpLeg"]]
    left = _nearest(across - (across @ up) * up)
    if up @ left:
        raise MotionRefused(
            "skeleton_odd", "At rest the motion's skeleton does not stand: up and left cannot be told."
        )
    return np.stack([left, up, np.cross(left, up)])


def _nearest(way: FloatArray) -> FloatArray:
    axis = int(np.abs(way).argmax())
    nearest = np.zeros(3)
    nearest[axis] = np.sign(way[axis]) or 1.0
    return nearest


def _between(start: FloatArray, end: FloatArray) -> FloatArray:
    """(3, 3) the shortest turn from one direction to another."""
    cross = np.cross(start, end)
    sine = float(np.linalg.norm(cross))
    angle = np.arctan2(sine, start @ end)
    turn: FloatArray = Rotation.from_rotvec(cross / max(sine, 1e-12) * angle).as_matrix()
    return turn
