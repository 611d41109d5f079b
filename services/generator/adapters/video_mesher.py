"""Videos of people, drawn by the mesher service."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

import grpc

from atelier.common.v1 import pose_pb2
from atelier.mesher.v1 import pictures_pb2 as pb
from atelier.mesher.v1.pictures_pb2_grpc import PictureServiceStub
from services.generator import convert
from services.generator.adapters.mesher import blaming_a_build
from services.generator.adapters.neighbours import calling
from services.generator.adapters.picture_mesher import missing_scenery, sitter
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
        with calling("mesher", "UNKNOWN_MORPH_TARGET"), blaming_a_build(self._channel), missing_scenery():
            # Behind the client's interceptors a stream is a generator, and one that is closed has its call cancelled.
            stream = cast(
                AsyncGenerator[pb.RenderVideoResponse],
                self._stub.RenderVideo(request, timeout=self._timeout_s),
            )
            file = await _heard(stream, told)
        if file is None:
            raise RuntimeError("the mesher ended a video without its file")
        return file


async def _heard(stream: AsyncGenerator[pb.RenderVideoResponse], told: Told) -> StoredFile | None:
    """The file at the stream's end. What ``told`` raises ends the stream."""
    file = None
    async with aclosing(stream) as coming:
        async for news in coming:
            if news.HasField("file"):
                file = convert.stored_file(news.file)
            else:
                await told(news.progress_percent)
    return file
