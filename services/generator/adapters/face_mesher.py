"""Faces as meshes, painted by the mesher service."""

from __future__ import annotations

from collections.abc import Sequence

import grpc

from atelier.common.v1 import face_pb2
from atelier.mesher.v1 import faces_pb2 as pb
from atelier.mesher.v1.faces_pb2_grpc import FaceMeshServiceStub
from services.generator import convert
from services.generator.adapters.mesher import blaming_a_build
from services.generator.adapters.neighbours import calling
from services.generator.domain.faces import FaceMesh, ReadFace, SeenPhoto
from services.generator.domain.model import StoredFile


class RemoteFaceMesher:
    """Asks the mesher, as the service: a face may be nobody's."""

    def __init__(self, channel: grpc.aio.Channel, timeout_s: float) -> None:
        self._channel = channel
        self._stub = FaceMeshServiceStub(channel)
        self._timeout_s = timeout_s

    async def build_face(self, face: ReadFace, pictures: Sequence[tuple[SeenPhoto, StoredFile]]) -> FaceMesh:
        request = pb.BuildFaceRequest(
            geometry=face_pb2.FaceGeometry.FromString(face.geometry),
            views=[
                face_pb2.FaceView(picture=convert.blob_ref(file), points=seen.points)
                for seen, file in pictures
            ],
            model_version=face.model_version,
        )
        with calling("mesher"), blaming_a_build(self._channel):
            answer = await self._stub.BuildFace(request, timeout=self._timeout_s)
        return FaceMesh(
            file=convert.stored_file(answer.file),
            texture=convert.stored_file(answer.texture),
            vertex_count=answer.vertex_count,
            face_count=answer.face_count,
        )
