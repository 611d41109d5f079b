"""The generator's pictures and the mesher's pictures of poses behind the gateway: answered at once, and remembered."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import grpc

from atelier.common.v1 import blob_pb2, picture_pb2
from atelier.generator.v1 import jobs_pb2, pictures_pb2_grpc
from atelier.generator.v1 import pictures_pb2 as pb
from atelier.mesher.v1 import pictures_pb2 as mesher_pb
from atelier.mesher.v1 import pictures_pb2_grpc as mesher_rpc
from atelierkit.blobs import Blobs
from atelierkit.errors import FieldFault, NotFound
from atelierkit.identity import require_caller
from atelierkit.server import Service
from tests.contract.gateway.doubles import GeneratorDouble

Context = grpc.aio.ServicerContext[Any, Any]

MEDIA_TYPES = {
    picture_pb2.PICTURE_FORMAT_PNG: "image/png",
    picture_pb2.PICTURE_FORMAT_WEBP: "image/webp",
    picture_pb2.PICTURE_FORMAT_JPEG: "image/jpeg",
}
FILM = bytes(range(256)) * 3000


class UnknownPose(NotFound):
    """As the generator refuses it."""


class PicturesDouble(pictures_pb2_grpc.PictureServiceServicer):
    """A picture's bytes say what was asked for. A video is a job until it is ``finished``."""

    def __init__(self, generator: GeneratorDouble, blobs: Blobs) -> None:
        self._generator = generator
        self._blobs = blobs
        self._drawn: dict[str, tuple[str, str, blob_pb2.BlobRef]] = {}
        self.asked: list[pb.ExportPictureRequest] = []
        self.videos: list[pb.ExportVideoRequest] = []
        self.finished = False

    async def ExportPicture(
        self, request: pb.ExportPictureRequest, context: Context
    ) -> pb.ExportPictureResponse:
        self._own(request.avatar_id)
        _know([request.pose_id], "pose_id")
        self.asked.append(request)
        data = request.picture.SerializeToString(deterministic=True) + request.avatar_id.encode()
        file = await self._stored(data, "pictures", MEDIA_TYPES[request.picture.format])
        self._drawn[file.sha256] = (require_caller().subject, request.avatar_id, file)
        clamped = ["LeftForeArm", "Head"] if request.pose_id == "beyond" else []
        return pb.ExportPictureResponse(file=file, clamped_bones=clamped)

    async def ExportVideo(self, request: pb.ExportVideoRequest, context: Context) -> pb.ExportVideoResponse:
        self._own(request.avatar_id)
        _know(request.pose_ids, "pose_ids[0]")
        self.videos.append(request)
        if self.finished:
            return pb.ExportVideoResponse(file=await self._stored(FILM, "videos", "video/mp4"))
        job = jobs_pb2.Job(
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(request.SerializeToString()).hexdigest())),
            kind=jobs_pb2.JOB_KIND_VIDEO,
            state=jobs_pb2.JOB_STATE_PROCESSING,
            lane=jobs_pb2.JOB_LANE_NORMAL,
            progress_percent=40,
            credits=5,
            total_count=1,
        )
        return pb.ExportVideoResponse(job=job)

    async def GetPicture(self, request: pb.GetPictureRequest, context: Context) -> pb.GetPictureResponse:
        owner, avatar_id, file = self._drawn.get(request.sha256, ("", "", blob_pb2.BlobRef()))
        if owner != require_caller().subject or avatar_id not in self._generator.avatars:
            raise NotFound("there is no such picture")
        return pb.GetPictureResponse(file=file)

    def beside(self, service: Service) -> Service:
        """The service, which offers pictures as well."""

        def add(server: grpc.aio.Server) -> None:
            service.add(server)
            pictures_pb2_grpc.add_PictureServiceServicer_to_server(self, server)

        descriptor = pb.DESCRIPTOR.services_by_name["PictureService"]
        return replace(service, add=add, also=(*service.also, descriptor))

    async def _stored(self, data: bytes, prefix: str, media_type: str) -> blob_pb2.BlobRef:
        ref = await self._blobs.put(data, prefix=prefix, media_type=media_type)
        return blob_pb2.BlobRef(key=ref.key, sha256=ref.sha256, media_type=ref.media_type, size=ref.size)

    def _own(self, avatar_id: str) -> None:
        owner, _ = self._generator.avatars.get(avatar_id, ("", None))
        if owner != require_caller().subject:
            raise NotFound("there is no such avatar")


class PosePicturesDouble(mesher_rpc.PictureServiceServicer):
    """Pictures of poses. While ``gate`` is closed, they are begun and not finished."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self.asked: list[mesher_pb.RenderPosePictureRequest] = []
        self.begun = asyncio.Semaphore(0)
        self.gate = asyncio.Event()
        self.gate.set()
        self.failure: Exception | None = None
        self.seconds_left: float | None = None

    async def RenderPicture(
        self, request: mesher_pb.RenderPictureRequest, context: Context
    ) -> mesher_pb.RenderPictureResponse:
        raise AssertionError("the gateway asks the generator for pictures")

    def RenderVideo(
        self, request: mesher_pb.RenderVideoRequest, context: Context
    ) -> AsyncIterator[mesher_pb.RenderVideoResponse]:
        raise AssertionError("the gateway asks the generator for videos")

    async def RenderPosePicture(
        self, request: mesher_pb.RenderPosePictureRequest, context: Context
    ) -> mesher_pb.RenderPosePictureResponse:
        self.asked.append(request)
        self.seconds_left = context.time_remaining()
        self.begun.release()
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        data = request.SerializeToString(deterministic=True)
        ref = await self._blobs.put(data, prefix="poses", media_type="image/webp")
        file = blob_pb2.BlobRef(key=ref.key, sha256=ref.sha256, media_type=ref.media_type, size=ref.size)
        return mesher_pb.RenderPosePictureResponse(file=file)

    def beside(self, service: Service) -> Service:
        """The service, which offers pictures as well."""

        def add(server: grpc.aio.Server) -> None:
            service.add(server)
            mesher_rpc.add_PictureServiceServicer_to_server(self, server)

        descriptor = mesher_pb.DESCRIPTOR.services_by_name["PictureService"]
        return replace(service, add=add, also=(*service.also, descriptor))


def _know(pose_ids: Any, field: str) -> None:
    for pose_id in pose_ids:
        if pose_id.startswith("no-such"):
            text = "there is no such pose"
            raise UnknownPose(text, faults=[FieldFault(field, "pose.unknown", text)])
