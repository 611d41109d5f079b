"""CustomPoseService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import grpc

from atelier.generator.v1 import custom_poses_pb2 as pb
from atelier.generator.v1.custom_poses_pb2_grpc import CustomPoseServiceServicer
from atelierkit.identity import require_caller
from services.generator import convert, metrics
from services.generator.convert import custom_poses as convert_poses
from services.generator.domain.custom_poses import Origin
from services.generator.use_cases.custom_poses import (
    CreatePoseFromMotion,
    CreatePoseFromPhoto,
    DeleteCustomPose,
    GetCustomPose,
    ListCustomPoses,
)

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class CustomPoseVerbs:
    """What the service offers."""

    from_photo: CreatePoseFromPhoto
    from_motion: CreatePoseFromMotion
    get: GetCustomPose
    list: ListCustomPoses
    delete: DeleteCustomPose


class CustomPoseServicer(CustomPoseServiceServicer):
    """Offers the verbs to the calling person, about that person's poses alone."""

    def __init__(self, verbs: CustomPoseVerbs) -> None:
        self._verbs = verbs

    async def CreatePoseFromPhoto(
        self, request: pb.CreatePoseFromPhotoRequest, context: Context
    ) -> pb.CreatePoseFromPhotoResponse:
        with metrics.pose_read(Origin.PHOTO):
            pose = await self._verbs.from_photo(
                require_caller().subject, request.name, convert.stored_file(request.photo)
            )
        return pb.CreatePoseFromPhotoResponse(pose=convert_poses.custom_pose(pose))

    async def CreatePoseFromMotion(
        self, request: pb.CreatePoseFromMotionRequest, context: Context
    ) -> pb.CreatePoseFromMotionResponse:
        with metrics.pose_read(Origin.MOTION):
            pose = await self._verbs.from_motion(
                require_caller().subject, request.name, convert.stored_file(request.motion), request.frame
            )
        return pb.CreatePoseFromMotionResponse(pose=convert_poses.custom_pose(pose))

    async def GetCustomPose(
        self, request: pb.GetCustomPoseRequest, context: Context
    ) -> pb.GetCustomPoseResponse:
        pose = await self._verbs.get(require_caller().subject, UUID(request.id))
        return pb.GetCustomPoseResponse(pose=convert_poses.custom_pose(pose))

    async def ListCustomPoses(
        self, request: pb.ListCustomPosesRequest, context: Context
    ) -> pb.ListCustomPosesResponse:
        return convert_poses.page(
            await self._verbs.list(
                require_caller().subject,
                convert.page_size(request.page_size),
                convert.position(request.page_token),
            )
        )

    async def DeleteCustomPose(
        self, request: pb.DeleteCustomPoseRequest, context: Context
    ) -> pb.DeleteCustomPoseResponse:
        await self._verbs.delete(require_caller().subject, UUID(request.id))
        return pb.DeleteCustomPoseResponse()
