"""PoseService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any

import grpc

from atelier.catalog.v1 import poses_pb2 as pb
from atelier.catalog.v1.poses_pb2_grpc import PoseServiceServicer
from services.catalog.convert import page_size
from services.catalog.convert import poses as convert
from services.catalog.use_cases.poses import GetPose, ListPoseFacets, ListPoses

Context = grpc.aio.ServicerContext[Any, Any]


class PoseServicer(PoseServiceServicer):
    """Offers the verbs."""

    def __init__(self, *, list_poses: ListPoses, get_pose: GetPose, list_facets: ListPoseFacets) -> None:
        self._list_poses = list_poses
        self._get_pose = get_pose
        self._list_facets = list_facets

    async def ListPoses(self, request: pb.ListPosesRequest, context: Context) -> pb.ListPosesResponse:
        page = await self._list_poses(
            convert.pose_filter(request), page_size(request.page_size), request.page_token
        )
        return pb.ListPosesResponse(poses=map(convert.summary, page.poses), next_page_token=page.next)

    async def GetPose(self, request: pb.GetPoseRequest, context: Context) -> pb.GetPoseResponse:
        return convert.whole(await self._get_pose(request.id))

    async def ListPoseFacets(
        self, request: pb.ListPoseFacetsRequest, context: Context
    ) -> pb.ListPoseFacetsResponse:
        return convert.facets(await self._list_facets())
