"""Videos of people, drawn by the mesher service."""

from __future__ import annotations

from collections.abc import Sequence

import grpc

from atelier.common.v1 import pose_pb2
from atelier.mesher.v1 import pictures_pb2 as pb
from atelier.mesher.v1.pictures_pb2_grpc import PictureServiceStub
from services.generator import convert
from services.generator.adapters.mesher import blaming_a_build
from services.generator.adapters.neighbours import calling
from services.generator.adapters.picture_mesher import sitter
from services.generator.convert import pictures as convert_pictures
from services.generator.domain.model import Person, StoredFile, Wardrobe
from services.generator.domain.pictures import VideoOptions
from services.generator.domain.ports_pictures import Told


class RemoteVideoMesher:
    """Asks the mesher, and hears how far it is."""

    def __init__(self, channel: grpc.aio.Channel, timeout_s: float) -> None:
        self._channel = channel
        self._stub = PictureServiceStub(channel)
        self._timeout_s = timeout_s

    async def render_video(
        self,
        person: Person,
        wardrobe: Wardrobe,
        poses: Sequence[bytes | None],
        options: VideoOptions,
        told: Told,
    ) -> StoredFile:
        request = pb.RenderVideoRequest(
            sitter=sitter(person, wardrobe),
            poses=[pose_pb2.Pose.FromString(pose or b"") for pose in poses],
            video=convert_pictures.video_options_message(options),
        )
        with calling("mesher", "UNKNOWN_MORPH_TARGET"), blaming_a_build(self._channel):
            call = self._stub.RenderVideo(request, timeout=self._timeout_s)
            try:
                async for news in call:
                    if news.HasField("file"):
                        return convert.stored_file(news.file)
                    await told(news.progress_percent)
            finally:
                # Whoever does not wait for the rest has it stopped.
                call.cancel()
        raise RuntimeError("the mesher ended a video without its file")
