"""Arms and hands of the middling body are put where they belong."""

from __future__ import annotations

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.skeleton import INDEX
from training.poses.arms import Hang, Reach
from training.poses.hands import HANDS
from training.poses.rig import Puppet, frame, upright
from training.poses.spots import SPOTS, on_skin

_PALM_M = 0.016
"""From the middle of the hand's bones to the palm's skin."""
_KNUCKLES_M = 0.014
_TIP_M = 0.023
"""From the last joint of a finger to its tip."""
_MIRROR = np.array([-1.0, 1.0, 1.0])


def place(puppet: Puppet, side: str, way: Hang | Reach, hand: str) -> None:
    """Put one arm and its hand where they belong; trunk, head and the other arm's targets must have been placed."""
    mirror = np.ones(3) if side == "Left" else _MIRROR
    if isinstance(way, Hang):
        puppet.swing_arm(side, way.shoulder, (way.elbow, way.pronation))
        puppet.tilt_hand(side, *way.wrist)
    else:
        _reach(puppet, side, way, mirror)
    for bone, angles in HANDS[hand].angles(side).items():
        puppet.bend(bone, *angles)


def _reach(puppet: Puppet, side: str, reach: Reach, mirror: FloatArray) -> None:
    bone, point, out = _target(reach, side, mirror)
    place: FloatArray
    if bone == "floor":
        # As the hips face, on the level.
        carried = upright(puppet.turned("Hips"))
        place = puppet.hips * [1.0, 0.0, 1.0] + [0.0, puppet.floor, 0.0] + carried @ point
    else:
        carried, place = puppet.turned(bone), puppet.point(bone, point)
    outward = carried @ out
    facing = -outward if reach.palm is None else carried @ (np.array(reach.palm) * mirror)
    hand = _hand(puppet, side, carried @ (np.array(reach.fingers) * mirror), facing)
    contact = _contact(puppet, side, reach.touch)
    target = place + reach.gap_mm / 1000.0 * outward
    elbow = puppet.turned("Spine2") @ (np.array(reach.elbow) * mirror)
    puppet.place_arm(side, target - hand @ contact, hand, elbow)


def _target(reach: Reach, side: str, mirror: FloatArray) -> tuple[str, FloatArray, FloatArray]:
    """The bone that carries the place, the place at rest, and which way is out of the skin there."""
    if isinstance(reach.at, str):
        bone = SPOTS[reach.at].bone
        point, out = on_skin(reach.at)
    else:
        bone, out = reach.at[0], np.zeros(3)
        point = np.array(reach.at[1])
    other = "Right" if side == "Left" else "Left"
    return bone.format(side=side, other=other), point * mirror, out * mirror


def _hand(puppet: Puppet, side: str, fingers: FloatArray, palm: FloatArray) -> FloatArray:
    """(3, 3) rotation of a hand whose fingers and palm point so."""
    along, facing = _axes(puppet, side)
    return frame(fingers, palm) @ frame(along, facing).T


def _axes(puppet: Puppet, side: str) -> tuple[FloatArray, FloatArray]:
    """Where the fingers point and the palm faces on the resting body."""
    at = {name: puppet.rest[INDEX[f"{side}Hand{name}"]] for name in ("Middle1", "Index1", "Pinky1")}
    along = at["Middle1"] - puppet.rest[INDEX[f"{side}Hand"]]
    facing = np.cross(along, at["Index1"] - at["Pinky1"]) * (1.0 if side == "Left" else -1.0)
    return along, facing / np.linalg.norm(facing)


def _contact(puppet: Puppet, side: str, touch: str) -> FloatArray:
    """(3,) from the wrist to what touches, on the resting body."""
    wrist = puppet.rest[INDEX[f"{side}Hand"]]
    along, facing = _axes(puppet, side)
    if touch == "palm":
        return 0.72 * along + _PALM_M * facing
    if touch == "back":
        return 0.72 * along - _KNUCKLES_M * facing
    if touch == "wrist":
        return np.zeros(3)
    tip = puppet.rest[INDEX[f"{side}HandMiddle3"]] - wrist
    end: FloatArray = tip + _TIP_M * along / np.linalg.norm(along) + 0.3 * _PALM_M * facing
    return end
