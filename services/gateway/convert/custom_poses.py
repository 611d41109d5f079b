"""A person's own poses: messages to JSON."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from atelier.generator.v1 import custom_poses_pb2
from services.gateway.convert import poses
from services.gateway.schemas import custom_poses as shapes

PATH = "/v1/poses"


def custom_pose(message: custom_poses_pb2.CustomPose) -> shapes.CustomPose:
    """A pose as the API shows it."""
    source: Any = message.source
    return shapes.CustomPose(
        id=message.id,
        name=message.name,
        source=source,
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
        joints=poses.joints(message.pose),
        support=poses.SUPPORT_NAMES[message.pose.support],
        clamped_bones=list(message.clamped_bones),
        unknown_bones=list(message.unknown_bones),
        links=shapes.CustomPoseLinks(self=f"{PATH}/{message.id}"),
    )
