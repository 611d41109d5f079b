"""PictureService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import grpc

from atelier.generator.v1 import pictures_pb2 as pb
from atelier.generator.v1.pictures_pb2_grpc import PictureServiceServicer
from atelierkit.identity import require_caller
from services.generator import convert
from services.generator.convert import jobs as convert_jobs
from services.generator.convert import pictures as convert_pictures
from services.generator.domain.model import StoredFile
from services.generator.use_cases.pictures import ExportPicture, GetPicture
from services.generator.use_cases.videos import ExportVideo

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class PictureVerbs:
    """What the service offers."""

    export_picture: ExportPicture
    export_video: ExportVideo
    get_picture: GetPicture


class PictureServicer(PictureServiceServicer):
    """Offers the verbs to the calling person, about that person's avatars alone."""

    def __init__(self, verbs: PictureVerbs) -> None:
        self._verbs = verbs

    async def ExportPicture(
        self, request: pb.ExportPictureRequest, context: Context
    ) -> pb.ExportPictureResponse:
        drawn = await self._verbs.export_picture(
            require_caller().subject,
            UUID(request.avatar_id),
            request.pose_id if request.HasField("pose_id") else None,
            convert_pictures.options(request.picture),
        )
        return pb.ExportPictureResponse(file=convert.blob_ref(drawn.file), clamped_bones=drawn.clamped_bones)

    async def ExportVideo(self, request: pb.ExportVideoRequest, context: Context) -> pb.ExportVideoResponse:
        answer = await self._verbs.export_video(
            require_caller().subject,
            UUID(request.avatar_id),
            tuple(request.pose_ids),
            convert_pictures.video_options(request.video),
        )
        if isinstance(answer, StoredFile):
            return pb.ExportVideoResponse(file=convert.blob_ref(answer))
        return pb.ExportVideoResponse(job=convert_jobs.job(answer))

    async def GetPicture(self, request: pb.GetPictureRequest, context: Context) -> pb.GetPictureResponse:
        file = await self._verbs.get_picture(require_caller().subject, request.sha256)
        return pb.GetPictureResponse(file=convert.blob_ref(file))
