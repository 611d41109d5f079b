"""Poses of the contract -> domain."""

from __future__ import annotations

from atelier.common.v1 import pose_pb2
from bodypose.skeleton import INDEX, Pose, Support
from services.mesher.domain.errors import UnknownBone

_SUPPORTS = {
    pose_pb2.SUPPORT_UNSPECIFIED: Support.FEET,
    pose_pb2.SUPPORT_FEET: Support.FEET,
    pose_pb2.SUPPORT_SEAT: Support.SEAT,
    pose_pb2.SUPPORT_FLOOR: Support.FLOOR,
}


def pose(message: pose_pb2.Pose) -> Pose:
    """How joints are turned. Raise UnknownBone."""
    for number, turn in enumerate(message.turns):
        if turn.bone not in INDEX:
            raise UnknownBone(number, turn.bone)
    turns = {turn.bone: (turn.x, turn.y, turn.z, turn.w) for turn in message.turns}
    return Pose(turns, _SUPPORTS[message.support])
