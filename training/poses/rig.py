"""A puppet: the middling body's bones, placed limb by limb from where hips, feet and hands shall be.

Angles are degrees, lengths metres. The floor is Y = 0; the body faces +Z where nothing turns it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial.transform import Rotation

from bodypose.arrays import FloatArray
from bodypose.joints import FRAMES, turns_at
from bodypose.skeleton import BONES, INDEX, PARENTS

_ARM_SWING_SHARE = 0.22
"""Of an arm's rise above 35 degrees, what the collar bone takes; Inman's rhythm counts the shoulder blade's tilt too."""
_COLLAR_FREE_DEG = 35.0
_COLLAR_FORWARD_SHARE = 0.10
_PRONATION_SHARE = 0.5
_COLLAR_STEPS = 3
_AXIS_IN_MIRROR = np.array([1.0, -1.0, -1.0])
"""What an axis of turning becomes in a mirror in X = 0."""
SIDES = ("Left", "Right")


def euler(pitch: float = 0.0, turn: float = 0.0, roll: float = 0.0) -> FloatArray:
    """(3, 3) world rotation: pitch forward about X, lean to the right about Z, turn to the left about Y, in this order."""
    rotation: FloatArray = Rotation.from_euler("xzy", [pitch, roll, turn], degrees=True).as_matrix()
    return rotation


def unit(vector: FloatArray) -> FloatArray:
    """The direction of a vector (3,)."""
    length = np.linalg.norm(vector)
    direction: FloatArray = np.asarray(vector, np.float64) / length
    return direction


def frame(first: FloatArray, second: FloatArray) -> FloatArray:
    """(3, 3) rotation whose columns are `first`, what of `second` is square to it, and their cross product."""
    x = unit(first)
    y = unit(second - (np.asarray(second) @ x) * x)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def upright(rotation: FloatArray) -> FloatArray:
    """(3, 3) the turn about the vertical that a rotation has."""
    way = rotation @ [0.0, 0.0, 1.0]
    return euler(turn=float(np.degrees(np.arctan2(way[0], way[2]))))


def _bend(first: FloatArray, second: FloatArray, hinge: FloatArray, distance: float) -> float:
    """Radians that the second bone (3,) turns about the hinge, square to it, to end so far from the first one's start."""
    straight, aside = first @ second, first @ np.cross(hinge, second)
    longest = np.hypot(straight, aside)
    dot = (distance * distance - first @ first - second @ second) / 2.0
    return float(np.arctan2(aside, straight) + np.arccos(np.clip(dot / longest, -1.0, 1.0)))


@dataclass(eq=False)
class Puppet:
    """Bones as they are being placed."""

    rest: FloatArray
    """(52, 3) bone heads of the body that is composed on."""
    world: FloatArray = field(default_factory=lambda: np.tile(np.eye(3), (52, 1, 1)))
    """(52, 3, 3) rotations so far; bones that were not placed stand unturned."""
    hips: FloatArray = field(default_factory=lambda: np.zeros(3))
    """(3,) where the root's head is."""
    floor: float = 0.0
    """Height of the floor, metres."""

    def head(self, bone: str) -> FloatArray:
        """(3,) where a bone starts, its parents being placed."""
        return self.point(bone, self.rest[INDEX[bone]])

    def point(self, bone: str, at_rest: FloatArray) -> FloatArray:
        """(3,) where a point of the resting body is now that hangs on a bone."""
        index = INDEX[bone]
        chain = [index]
        while PARENTS[chain[-1]] >= 0:
            chain.append(PARENTS[chain[-1]])
        place = self.hips
        for upper, lower in zip(reversed(chain), reversed(chain[:-1]), strict=False):
            place = place + self.world[upper] @ (self.rest[lower] - self.rest[upper])
        placed: FloatArray = place + self.world[index] @ (np.asarray(at_rest) - self.rest[index])
        return placed

    def turned(self, bone: str) -> FloatArray:
        """(3, 3) world rotation of a bone."""
        rotation: FloatArray = self.world[INDEX[bone]]
        return rotation

    def bend(self, bone: str, flexion: float, abduction: float, rotation: float) -> None:
        """Turn a bone on its parent by angles of `bodypose.joints`."""
        angles = np.zeros((len(BONES), 3))
        angles[INDEX[bone]] = np.radians([flexion, abduction, rotation])
        own = Rotation.from_quat(turns_at(angles)[INDEX[bone]]).as_matrix()
        self.world[INDEX[bone]] = self.world[PARENTS[INDEX[bone]]] @ own

    def place_leg(
        self, side: str, ankle: FloatArray, foot: FloatArray, knee: FloatArray, toes: float
    ) -> None:
        """Bring a foot of rotation (3, 3) to where its ankle is (3,), the knee towards a direction (3,)."""
        sole = f"{side}Foot"
        self._two_bones(side, ("UpLeg", "Leg", "Foot"), ankle, knee)
        self.world[INDEX[sole]] = foot
        self.bend(f"{side}ToeBase", toes, 0.0, 0.0)

    def place_arm(self, side: str, wrist: FloatArray, hand: FloatArray, elbow: FloatArray) -> None:
        """Bring a hand of rotation (3, 3) to where its wrist is (3,), the elbow towards a direction (3,)."""
        for _ in range(_COLLAR_STEPS):
            self._two_bones(side, ("Arm", "ForeArm", "Hand"), wrist, elbow)
            self._follow_with_collar(side)
        self._two_bones(side, ("Arm", "ForeArm", "Hand"), wrist, elbow)
        self.world[INDEX[f"{side}Hand"]] = hand
        self._share_pronation(side)

    def swing_arm(self, side: str, shoulder: tuple[float, float, float], elbow: tuple[float, float]) -> None:
        """Turn an arm by angles in the place of a target: the shoulder's three, the elbow's flexion and pronation."""
        upper, fore, palm = (f"{side}{bone}" for bone in ("Arm", "ForeArm", "Hand"))
        self.bend(f"{side}Shoulder", 0.0, 0.0, 0.0)
        self.bend(upper, *shoulder)
        self._follow_with_collar(side)
        self.bend(upper, *shoulder)
        self.bend(fore, elbow[0], 0.0, elbow[1] * _PRONATION_SHARE)
        self.bend(palm, 0.0, 0.0, elbow[1] * (1.0 - _PRONATION_SHARE))

    def tilt_hand(self, side: str, flexion: float, abduction: float) -> None:
        """Bend a wrist further: to the palm, and to the thumb's side."""
        bone = f"{side}Hand"
        before = self.turned(bone).copy()
        self.bend(bone, flexion, abduction, 0.0)
        fore = self.turned(f"{side}ForeArm")
        self.world[INDEX[bone]] = before @ fore.T @ self.turned(bone)

    def turns(self) -> FloatArray:
        """(52, 4) the quaternions of all bones on their parents."""
        own = [
            self.world[bone] if parent < 0 else self.world[parent].T @ self.world[bone]
            for bone, parent in enumerate(PARENTS)
        ]
        found: FloatArray = Rotation.from_matrix(np.array(own)).as_quat()
        return np.where(found[:, 3:] < 0.0, -found, found)

    def _two_bones(
        self, side: str, bones: tuple[str, str, str], target: FloatArray, towards: FloatArray
    ) -> None:
        """Turn two bones so that the second ends at a target; the joint between points `towards` as far as it can.

        The joint bends about its own axis alone. A target out of reach is reached for.
        """
        upper, lower, end = (INDEX[f"{side}{bone}"] for bone in bones)
        first, second = self.rest[lower] - self.rest[upper], self.rest[end] - self.rest[lower]
        hinge = FRAMES[lower][0] * (1.0 if side == "Left" else _AXIS_IN_MIRROR)
        way = target - self.head(f"{side}{bones[0]}")
        bent = Rotation.from_rotvec(
            _bend(first, second, hinge, float(np.linalg.norm(way))) * hinge
        ).as_matrix()
        whole = first + bent @ second
        self.world[upper] = frame(way, towards) @ frame(whole, -np.cross(hinge, whole)).T
        self.world[lower] = self.world[upper] @ bent

    def _follow_with_collar(self, side: str) -> None:
        """Raise and advance the shoulder as the upper arm rises and comes forward."""
        upper, fore = INDEX[f"{side}Arm"], INDEX[f"{side}ForeArm"]
        way = unit(self.world[upper] @ (self.rest[fore] - self.rest[upper]))
        way = self.turned("Spine2").T @ way
        raised = np.degrees(np.arccos(np.clip(-way[1], -1.0, 1.0)))
        lift = max(raised - _COLLAR_FREE_DEG, 0.0) * _ARM_SWING_SHARE
        advance = np.degrees(np.arcsin(np.clip(way[2], -1.0, 1.0))) * _COLLAR_FORWARD_SHARE
        self.bend(f"{side}Shoulder", lift, -advance, 0.0)

    def _share_pronation(self, side: str) -> None:
        """Let the forearm take its share of what the hand turns about the forearm's axis."""
        fore, hand = INDEX[f"{side}ForeArm"], INDEX[f"{side}Hand"]
        x, y, z, w = Rotation.from_matrix(self.world[fore].T @ self.world[hand]).as_quat()
        axis = FRAMES[fore][2] * ([1.0, 1.0, 1.0] if side == "Left" else [-1.0, 1.0, 1.0])
        whole = 2.0 * np.arctan2(np.array([x, y, z]) @ axis * np.sign(w), abs(w))
        twist = Rotation.from_rotvec(_PRONATION_SHARE * whole * axis).as_matrix()
        self.world[fore] = self.world[fore] @ twist
