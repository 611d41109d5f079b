"""GeneratorService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import grpc

from atelier.generator.v1 import generator_pb2 as pb
from atelier.generator.v1.generator_pb2_grpc import GeneratorServiceServicer
from atelierkit.identity import require_caller
from services.generator import convert, metrics
from services.generator.use_cases.avatars import CreateAvatar, DeleteAvatar, GetAvatar, ListAvatars
from services.generator.use_cases.bodies import EstimateMeasurements, PreviewAvatar
from services.generator.use_cases.changes import ExportAvatar, UpdateAvatar
from services.generator.use_cases.scans import CreateScan, DeleteScan, GetScan

Context = grpc.aio.ServicerContext[Any, Any]


class GeneratorServicer(GeneratorServiceServicer):
    """Offers the verbs to the calling person, about that person's avatars alone."""

    def __init__(
        self,
        *,
        create_avatar: CreateAvatar,
        preview_avatar: PreviewAvatar,
        estimate_measurements: EstimateMeasurements,
        get_avatar: GetAvatar,
        list_avatars: ListAvatars,
        update_avatar: UpdateAvatar,
        delete_avatar: DeleteAvatar,
        export_avatar: ExportAvatar,
        create_scan: CreateScan,
        get_scan: GetScan,
        delete_scan: DeleteScan,
    ) -> None:
        self._create_avatar = create_avatar
        self._preview_avatar = preview_avatar
        self._estimate_measurements = estimate_measurements
        self._get_avatar = get_avatar
        self._list_avatars = list_avatars
        self._update_avatar = update_avatar
        self._delete_avatar = delete_avatar
        self._export_avatar = export_avatar
        self._create_scan = create_scan
        self._get_scan = get_scan
        self._delete_scan = delete_scan

    async def CreateAvatar(
        self, request: pb.CreateAvatarRequest, context: Context
    ) -> pb.CreateAvatarResponse:
        look, outfit = convert.look(request.look), convert.outfit(request.outfit)
        avatar = await self._create_avatar(
            require_caller().subject,
            convert.body_spec(request.body),
            look,
            outfit,
            pose_id=request.pose_id,
        )
        metrics.created(avatar.receipt)
        return pb.CreateAvatarResponse(avatar=convert.avatar_message(avatar))

    async def PreviewAvatar(
        self, request: pb.PreviewAvatarRequest, context: Context
    ) -> pb.PreviewAvatarResponse:
        preview = await self._preview_avatar(convert.body_spec(request.body))
        return convert.preview_message(preview)

    async def EstimateMeasurements(
        self, request: pb.EstimateMeasurementsRequest, context: Context
    ) -> pb.EstimateMeasurementsResponse:
        targets = self._estimate_measurements(convert.body_spec(request.body))
        return pb.EstimateMeasurementsResponse(estimates=convert.estimates(targets))

    async def GetAvatar(self, request: pb.GetAvatarRequest, context: Context) -> pb.GetAvatarResponse:
        avatar = await self._get_avatar(require_caller().subject, UUID(request.id))
        return pb.GetAvatarResponse(avatar=convert.avatar_message(avatar))

    async def ListAvatars(self, request: pb.ListAvatarsRequest, context: Context) -> pb.ListAvatarsResponse:
        after = convert.position(request.page_token)
        page = await self._list_avatars(require_caller().subject, convert.page_size(request.page_size), after)
        return convert.page_message(page)

    async def UpdateAvatar(
        self, request: pb.UpdateAvatarRequest, context: Context
    ) -> pb.UpdateAvatarResponse:
        look = convert.look_change(request.look)
        outfit = convert.outfit(request.outfit) if request.HasField("outfit") else None
        pose_id = request.pose_id if request.HasField("pose_id") else None
        avatar = await self._update_avatar(require_caller().subject, UUID(request.id), look, outfit, pose_id)
        return pb.UpdateAvatarResponse(avatar=convert.avatar_message(avatar))

    async def DeleteAvatar(
        self, request: pb.DeleteAvatarRequest, context: Context
    ) -> pb.DeleteAvatarResponse:
        await self._delete_avatar(require_caller().subject, UUID(request.id))
        return pb.DeleteAvatarResponse()

    async def ExportAvatar(
        self, request: pb.ExportAvatarRequest, context: Context
    ) -> pb.ExportAvatarResponse:
        file = await self._export_avatar(
            require_caller().subject,
            UUID(request.id),
            convert.file_options(request.file),
            convert.pose_id(request),
        )
        return pb.ExportAvatarResponse(file=convert.blob_ref(file))

    async def CreateScan(self, request: pb.CreateScanRequest, context: Context) -> pb.CreateScanResponse:
        cloud, format = convert.stored_file(request.cloud), convert.cloud_format(request.format)
        scan = await self._create_scan(require_caller().subject, cloud, format, register=request.register)
        metrics.scanned(scan)
        return pb.CreateScanResponse(scan=convert.scan_message(scan))

    async def GetScan(self, request: pb.GetScanRequest, context: Context) -> pb.GetScanResponse:
        scan = await self._get_scan(require_caller().subject, UUID(request.id))
        return pb.GetScanResponse(scan=convert.scan_message(scan))

    async def DeleteScan(self, request: pb.DeleteScanRequest, context: Context) -> pb.DeleteScanResponse:
        await self._delete_scan(require_caller().subject, UUID(request.id))
        return pb.DeleteScanResponse()
