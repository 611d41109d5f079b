"""MesherService and FaceMeshService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any

import grpc

from atelier.mesher.v1 import faces_pb2
from atelier.mesher.v1 import mesher_pb2 as pb
from atelier.mesher.v1.faces_pb2_grpc import FaceMeshServiceServicer
from atelier.mesher.v1.mesher_pb2_grpc import MesherServiceServicer
from services.mesher import convert
from services.mesher.convert import poses
from services.mesher.metrics import build_timed, scan_timed
from services.mesher.use_cases.bodies import BuildAvatar, BuildFace, PreviewBody, ReconstructScan

Context = grpc.aio.ServicerContext[Any, Any]


class MesherServicer(MesherServiceServicer):
    """Offers the verbs."""

    def __init__(
        self, build_avatar: BuildAvatar, preview_body: PreviewBody, reconstruct_scan: ReconstructScan
    ) -> None:
        self._build_avatar = build_avatar
        self._preview_body = preview_body
        self._reconstruct_scan = reconstruct_scan

    async def BuildAvatar(self, request: pb.BuildAvatarRequest, context: Context) -> pb.BuildAvatarResponse:
        with build_timed("avatar"):
            avatar = await self._build_avatar(
                convert.body_order(request.body),
                convert.appearance(request.appearance),
                [convert.garment(garment) for garment in request.garments],
                convert.file_options(request.file),
                convert.worn_face(request),
                poses.pose(request.pose) if request.HasField("pose") else None,
            )
        return convert.build_response(avatar)

    async def PreviewBody(self, request: pb.PreviewBodyRequest, context: Context) -> pb.PreviewBodyResponse:
        with build_timed("preview"):
            preview = await self._preview_body(convert.body_order(request.body))
        return convert.preview_response(preview)

    async def ReconstructScan(
        self, request: pb.ReconstructScanRequest, context: Context
    ) -> pb.ReconstructScanResponse:
        with scan_timed(register=request.register):
            scan = await self._reconstruct_scan(
                request.cloud.key, convert.cloud_format(request.format), register=request.register
            )
        return convert.scan_response(scan)

    async def GetPreviewTopology(
        self, request: pb.GetPreviewTopologyRequest, context: Context
    ) -> pb.GetPreviewTopologyResponse:
        return convert.topology_response(*self._preview_body.topology())


class FaceMeshServicer(FaceMeshServiceServicer):
    """Offers the verb on faces."""

    def __init__(self, build_face: BuildFace) -> None:
        self._build_face = build_face

    async def BuildFace(
        self, request: faces_pb2.BuildFaceRequest, context: Context
    ) -> faces_pb2.BuildFaceResponse:
        with build_timed("face"):
            face = await self._build_face(convert.face_order(request))
        return convert.face_response(face)
