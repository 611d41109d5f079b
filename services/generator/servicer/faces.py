"""FaceService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import grpc

from atelier.generator.v1 import faces_pb2 as pb
from atelier.generator.v1.faces_pb2_grpc import FaceServiceServicer
from atelierkit import identity
from atelierkit.identity import require_caller
from services.generator import convert, metrics
from services.generator.convert import faces as convert_faces
from services.generator.convert import jobs as convert_jobs
from services.generator.domain.errors import InvalidPhotos
from services.generator.domain.ports_faces import FaceModels
from services.generator.use_cases.changes import SetAvatarFace
from services.generator.use_cases.faces import CreateFace, DeleteFace, DownloadFace, GetFace, ListFaces
from services.generator.use_cases.photo_jobs import CreateAvatarFromPhotos

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class FaceVerbs:
    """What the service offers."""

    create_face: CreateFace
    get_face: GetFace
    list_faces: ListFaces
    download_face: DownloadFace
    delete_face: DeleteFace
    models: FaceModels
    create_avatar_from_photos: CreateAvatarFromPhotos
    set_avatar_face: SetAvatarFace


class FaceServicer(FaceServiceServicer):
    """Offers the verbs to the calling person, and some of them to nobody in particular."""

    def __init__(self, verbs: FaceVerbs) -> None:
        self._verbs = verbs

    async def CreateFace(self, request: pb.CreateFaceRequest, context: Context) -> pb.CreateFaceResponse:
        with _counted():
            face = await self._verbs.create_face(_caller("avatars:write"), convert_faces.face_order(request))
        metrics.face_made(face)
        return pb.CreateFaceResponse(face=convert_faces.face(face))

    async def GetFace(self, request: pb.GetFaceRequest, context: Context) -> pb.GetFaceResponse:
        face = await self._verbs.get_face(_caller("avatars:read"), UUID(request.id))
        return pb.GetFaceResponse(face=convert_faces.face(face))

    async def ListFaces(self, request: pb.ListFacesRequest, context: Context) -> pb.ListFacesResponse:
        after = convert.position(request.page_token)
        size = convert.page_size(request.page_size)
        return convert_faces.faces(await self._verbs.list_faces(require_caller().subject, size, after))

    async def DownloadFace(
        self, request: pb.DownloadFaceRequest, context: Context
    ) -> pb.DownloadFaceResponse:
        face = await self._verbs.download_face(_caller("avatars:read"), UUID(request.id))
        return pb.DownloadFaceResponse(file=convert.blob_ref(face.mesh.file), filename=face.filename)

    async def DeleteFace(self, request: pb.DeleteFaceRequest, context: Context) -> pb.DeleteFaceResponse:
        await self._verbs.delete_face(_caller("avatars:write"), UUID(request.id))
        return pb.DeleteFaceResponse()

    async def GetFaceModel(
        self, request: pb.GetFaceModelRequest, context: Context
    ) -> pb.GetFaceModelResponse:
        return convert_faces.model(await self._verbs.models.look())

    async def CreateAvatarFromPhotos(
        self, request: pb.CreateAvatarFromPhotosRequest, context: Context
    ) -> pb.CreateAvatarFromPhotosResponse:
        order = convert_faces.avatar_order(request)
        queued = await self._verbs.create_avatar_from_photos(
            require_caller().subject, order, UUID(request.request_id)
        )
        return pb.CreateAvatarFromPhotosResponse(job=convert_jobs.job(queued))

    async def SetAvatarFace(
        self, request: pb.SetAvatarFaceRequest, context: Context
    ) -> pb.SetAvatarFaceResponse:
        face_id = UUID(request.face_id) if request.face_id else None
        avatar = await self._verbs.set_avatar_face(require_caller().subject, UUID(request.avatar_id), face_id)
        return pb.SetAvatarFaceResponse(avatar=convert.avatar_message(avatar))


def _caller(scope: str) -> str | None:
    """The calling person; None for nobody. A public method asks no API key for a scope, but what is a person's own does:
    raise InsufficientScope."""
    caller = identity.current_caller()
    if caller is None:
        return None
    caller.require_scope(scope)
    return caller.subject


@contextmanager
def _counted() -> Iterator[None]:
    try:
        yield
    except InvalidPhotos as refusal:
        metrics.photos_refused(refusal.photo_faults)
        raise
