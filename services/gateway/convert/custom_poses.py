"""A person's own poses: messages to JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from atelier.common.v1 import pose_pb2
from atelier.generator.v1 import custom_poses_pb2
from services.gateway.schemas import custom_poses as shapes

PATH = "/v1/poses"
_DECIMALS = 6
_SUPPORTS: Mapping[pose_pb2.Support.ValueType, shapes.Support] = {
    pose_pb2.SUPPORT_UNSPECIFIED: "feet",
    pose_pb2.SUPPORT_FEET: "feet",
    pose_pb2.SUPPORT_SEAT: "seat",
    pose_pb2.SUPPORT_FLOOR: "floor",
}


def custom_pose(message: custom_poses_pb2.CustomPose) -> shapes.CustomPose:
    """A pose as the API shows it."""
    source: Any = message.source
    return shapes.CustomPose(
        id=message.id,
        name=message.name,
        source=source,
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
        joints=[
            shapes.JointTurn(
                bone=turn.bone, **{axis: round(getattr(turn, axis), _DECIMALS) for axis in "xyzw"}
            )
            for turn in message.pose.turns
        ],
        support=_SUPPORTS[message.pose.support],
        clamped_bones=list(message.clamped_bones),
        unknown_bones=list(message.unknown_bones),
        links=shapes.CustomPoseLinks(self=f"{PATH}/{message.id}"),
    )
