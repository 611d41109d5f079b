"""Meshes, made by the mesher service."""

from __future__ import annotations

from atelier.common.v1 import body_pb2, outfit_pb2
from atelier.mesher.v1 import mesher_pb2 as pb
from atelier.mesher.v1 import mesher_pb2_grpc
from services.generator.adapters.neighbours import calling
from services.generator.domain.model import (
    Build,
    Parts,
    Person,
    Preview,
    Reading,
    StoredFile,
    Wardrobe,
    Xyz,
)

_PARTS = {Parts.ALL: pb.PARTS_ALL, Parts.BODY: pb.PARTS_BODY}


class RemoteMesher:
    """Asks the mesher."""

    def __init__(self, stub: mesher_pb2_grpc.MesherServiceAsyncStub, timeout_s: float) -> None:
        self._stub = stub
        self._timeout_s = timeout_s

    async def build(self, person: Person, wardrobe: Wardrobe, parts: Parts) -> Build:
        request = pb.BuildAvatarRequest(
            body=_body(person),
            appearance=outfit_pb2.Appearance.FromString(wardrobe.appearance),
            garments=map(outfit_pb2.WornGarment.FromString, wardrobe.garments),
            parts=_PARTS[parts],
        )
        with calling("mesher"):
            answer = await self._stub.BuildAvatar(request, timeout=self._timeout_s)
        return Build(
            glb=StoredFile(answer.glb.key, answer.glb.sha256, answer.glb.media_type, answer.glb.size),
            readings=tuple(map(_reading, answer.readings)),
            vertex_count=answer.vertex_count,
            face_count=answer.face_count,
        )

    async def preview(self, person: Person) -> Preview:
        request = pb.PreviewBodyRequest(body=_body(person))
        with calling("mesher"):
            answer = await self._stub.PreviewBody(request, timeout=self._timeout_s)
        return Preview(answer.positions, _xyz(answer.origin), _xyz(answer.step), tuple(answer.delivered_mm))


def _body(person: Person) -> pb.BodyRequest:
    targets = {f"{target.name}_mm": target.value_mm for target in person.targets}
    return pb.BodyRequest(
        points=person.points,
        targets=body_pb2.Measurements(**targets),
        model_version=person.model_version,
    )


def _reading(message: body_pb2.TapeReading) -> Reading:
    return Reading(message.name, message.delivered_mm, tuple(map(_xyz, message.tape)), message.feasible)


def _xyz(point: body_pb2.Point) -> Xyz:
    return point.x, point.y, point.z
