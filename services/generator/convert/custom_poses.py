"""People's own poses <-> their messages; pure."""

from __future__ import annotations

from atelier.common.v1 import pose_pb2
from atelier.generator.v1 import custom_poses_pb2 as pb
from services.generator import convert
from services.generator.domain.custom_poses import CustomPose, CustomPosePage


def custom_pose(pose: CustomPose) -> pb.CustomPose:
    """A pose."""
    return pb.CustomPose(
        id=str(pose.id),
        name=pose.name,
        pose=pose_pb2.Pose.FromString(pose.read.pose),
        source=pose.origin.value,
        clamped_bones=pose.read.clamped_bones,
        unknown_bones=pose.read.unknown_bones,
        create_time=convert.timestamp(pose.created_at),
    )


def page(page: CustomPosePage) -> pb.ListCustomPosesResponse:
    """A page of poses."""
    return pb.ListCustomPosesResponse(
        poses=map(custom_pose, page.poses),
        next_page_token=convert.page_token(page.next) if page.next else "",
    )
