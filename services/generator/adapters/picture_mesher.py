"""Pictures of people, drawn by the mesher service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import grpc

from atelier.common.v1 import outfit_pb2, pose_pb2
from atelier.mesher.v1 import pictures_pb2 as pb
from atelier.mesher.v1.pictures_pb2_grpc import PictureServiceStub
from atelierkit.errors import RemoteError
from services.generator import convert
from services.generator.adapters.mesher import (
    appearance_message,
    blaming_a_build,
    body_message,
    face_message,
)
from services.generator.adapters.neighbours import calling
from services.generator.convert import pictures as convert_pictures
from services.generator.domain.errors import BackgroundNotFound
from services.generator.domain.model import Person, Wardrobe
from services.generator.domain.pictures import Drawn, PictureOptions

_GONE = "background.gone"
"""The mesher's code of a picture that is not in the store."""


class RemotePictureMesher:
    """Asks the mesher."""

    def __init__(self, channel: grpc.aio.Channel, timeout_s: float) -> None:
        self._channel = channel
        self._stub = PictureServiceStub(channel)
        self._timeout_s = timeout_s

    async def render_picture(
        self, person: Person, wardrobe: Wardrobe, pose: bytes | None, options: PictureOptions
    ) -> Drawn:
        request = pb.RenderPictureRequest(
            sitter=sitter(person, wardrobe),
            pose=None if pose is None else pose_pb2.Pose.FromString(pose),
            picture=convert_pictures.options_message(options),
        )
        with calling("mesher", "UNKNOWN_MORPH_TARGET"), blaming_a_build(self._channel), missing_scenery():
            answer = await self._stub.RenderPicture(request, timeout=self._timeout_s)
        return Drawn(convert.stored_file(answer.file), tuple(answer.clamped_bones))


@contextmanager
def missing_scenery() -> Iterator[None]:
    """Raise BackgroundNotFound where the picture that should stand behind was deleted since it was looked up."""
    try:
        yield
    except RemoteError as error:
        if any(fault.code == _GONE for fault in error.faults):
            raise BackgroundNotFound from error
        raise


def sitter(person: Person, wardrobe: Wardrobe) -> pb.Sitter:
    """Who is drawn."""
    return pb.Sitter(
        body=body_message(person),
        appearance=appearance_message(person, wardrobe),
        garments=map(outfit_pb2.WornGarment.FromString, wardrobe.garments),
        face=face_message(person, wardrobe),
    )
