"""Meshes, made by the mesher service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import grpc

from atelier.common.v1 import body_pb2, face_pb2, outfit_pb2, pose_pb2
from atelier.mesher.v1 import mesher_pb2 as pb
from atelier.mesher.v1 import mesher_pb2_grpc
from atelierkit import client
from atelierkit.errors import Code, Unanswered
from services.generator import convert
from services.generator.adapters.neighbours import calling
from services.generator.domain.errors import MesherBrokeDown
from services.generator.domain.model import (
    Build,
    Person,
    Preview,
    Quantities,
    Wardrobe,
    Xyz,
)
from services.generator.domain.options import FileOptions


class RemoteMesher:
    """Asks the mesher."""

    def __init__(self, channel: grpc.aio.Channel, timeout_s: float) -> None:
        self._channel = channel
        self._stub = mesher_pb2_grpc.MesherServiceStub(channel)
        self._timeout_s = timeout_s

    async def build(
        self, person: Person, wardrobe: Wardrobe, options: FileOptions, pose: bytes | None = None
    ) -> Build:
        request = pb.BuildAvatarRequest(
            body=body_message(person),
            appearance=appearance_message(person, wardrobe),
            garments=map(outfit_pb2.WornGarment.FromString, wardrobe.garments),
            file=convert.file_options_message(options),
            face=face_message(person, wardrobe),
            pose=None if pose is None else pose_pb2.Pose.FromString(pose),
        )
        with calling("mesher", "UNKNOWN_MORPH_TARGET"), blaming_a_build(self._channel):
            answer = await self._stub.BuildAvatar(request, timeout=self._timeout_s)
        return Build(
            file=convert.stored_file(answer.file),
            readings=tuple(map(convert.reading, answer.readings)),
            quantities=Quantities(answer.quantities.volume_l, answer.quantities.surface_area_m2),
            vertex_count=answer.vertex_count,
            face_count=answer.face_count,
        )

    async def preview(self, person: Person) -> Preview:
        request = pb.PreviewBodyRequest(body=body_message(person))
        with calling("mesher"):
            answer = await self._stub.PreviewBody(request, timeout=self._timeout_s)
        return Preview(answer.positions, _xyz(answer.origin), _xyz(answer.step), tuple(answer.delivered_mm))


@contextmanager
def blaming_a_build(mesher: grpc.aio.Channel) -> Iterator[None]:
    """Raise MesherBrokeDown where the mesher was there when the block began, and was lost in it."""
    was_there = client.is_reached(mesher)
    try:
        yield
    except Unanswered as error:
        if was_there and error.code is Code.UNAVAILABLE:
            raise MesherBrokeDown from error
        raise


def body_message(person: Person) -> pb.BodyRequest:
    """The body to build."""
    targets = {f"{target.name}_mm": target.value_mm for target in person.targets}
    return pb.BodyRequest(
        points=person.points,
        targets=body_pb2.Measurements(**targets),
        model_version=person.model_version,
    )


def _xyz(point: body_pb2.Point) -> Xyz:
    return point.x, point.y, point.z


def appearance_message(person: Person, wardrobe: Wardrobe) -> outfit_pb2.Appearance:
    """Skin and hair: the skin of the face that it wears, where that has one of its own."""
    appearance = outfit_pb2.Appearance.FromString(wardrobe.appearance)
    if person.face is not None and person.face.skin_color:
        appearance.skin_color = person.face.skin_color
    return appearance


def face_message(person: Person, wardrobe: Wardrobe) -> face_pb2.PersonFace | None:
    """The face that it wears, in the skin of the look unless it has one of its own; None for the template's."""
    face = person.face
    if face is None:
        return None
    skin_of_the_look = outfit_pb2.Appearance.FromString(wardrobe.appearance).skin_color
    return face_pb2.PersonFace(
        geometry=face_pb2.FaceGeometry.FromString(face.geometry),
        texture=convert.blob_ref(face.texture),
        skin_color=face.skin_color or skin_of_the_look,
        eye_color=face.eye_color,
    )
