"""Videos of the generator through a real mesher's server: heard to their end, and left when the job has ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from atelier.common.v1 import blob_pb2, outfit_pb2
from atelier.mesher.v1 import pictures_pb2 as pb
from atelier.mesher.v1.pictures_pb2_grpc import (
    PictureServiceServicer,
    add_PictureServiceServicer_to_server,
)
from atelierkit.identity import Caller, acting
from atelierkit.service import Service
from atelierkit.testing import serve, signed_token, token_verifier
from services.generator.adapters.video_mesher import RemoteVideoMesher
from services.generator.domain.errors import JobEnded
from services.generator.domain.model import Look, StoredFile, Wardrobe
from services.generator.domain.pictures import VideoOptions
from services.generator.use_cases.wearing import person_of
from tests.unit.generator.world import World

Context = grpc.aio.ServicerContext[Any, Any]


class Cinema(PictureServiceServicer):
    """Tells how far it is, and waits before the last frame until it is let go, or left."""

    def __init__(self) -> None:
        self.gate, self.left = asyncio.Event(), asyncio.Event()
        self.asked: list[pb.RenderVideoRequest] = []

    async def RenderPicture(
        self, request: pb.RenderPictureRequest, context: Context
    ) -> pb.RenderPictureResponse:
        raise AssertionError("nobody asks for pictures here")

    async def RenderPosePicture(
        self, request: pb.RenderPosePictureRequest, context: Context
    ) -> pb.RenderPosePictureResponse:
        raise AssertionError("nobody asks for poses here")

    async def RenderVideo(
        self, request: pb.RenderVideoRequest, context: Context
    ) -> AsyncIterator[pb.RenderVideoResponse]:
        self.asked.append(request)
        try:
            for percent in (10, 60):
                yield pb.RenderVideoResponse(progress_percent=percent)
            await self.gate.wait()
            file = blob_pb2.BlobRef(key="videos/x", sha256="x", media_type="video/mp4", size=3)
            yield pb.RenderVideoResponse(file=file)
        except (asyncio.CancelledError, GeneratorExit):
            # Cancelled as it waits, or closed where the cancellation has met the news on its way out.
            self.left.set()
            raise


@pytest.fixture
def cinema() -> Cinema:
    return Cinema()


@pytest.fixture
async def mesher(cinema: Cinema) -> AsyncIterator[RemoteVideoMesher]:
    descriptor = pb.DESCRIPTOR.services_by_name["PictureService"]
    service = Service(
        descriptor.full_name,
        lambda server: add_PictureServiceServicer_to_server(cinema, server),
        descriptor,
        token_verifier(),
    )
    async with serve(service) as channel:
        yield RemoteVideoMesher(channel, 30.0)


async def render(mesher: RemoteVideoMesher, told: Any) -> StoredFile:
    world = World()
    avatar = await world.avatar()
    person = await person_of(world.store, avatar, Look())
    bald = outfit_pb2.HAIR_PATTERN_NONE
    skin = outfit_pb2.Appearance(skin_color="#c99c7e", hair=bald, hair_color="#c99c7e")
    wardrobe = Wardrobe(Look(), (), skin.SerializeToString(), ())
    with acting(Caller("ann", frozenset(), signed_token("ann"))):
        return await mesher.render_video(person, wardrobe, [None, None], VideoOptions(), told)


async def test_a_video_is_heard_to_its_end(cinema: Cinema, mesher: RemoteVideoMesher) -> None:
    heard: list[int] = []

    async def told(percent: int) -> None:
        heard.append(percent)
        cinema.gate.set()

    assert (await render(mesher, told)).key == "videos/x"
    assert heard == [10, 60]
    assert len(cinema.asked[0].poses) == 2
    assert not cinema.left.is_set()


async def test_a_video_of_a_job_that_has_ended_is_left(cinema: Cinema, mesher: RemoteVideoMesher) -> None:
    async def told(percent: int) -> None:
        if percent == 60:
            raise JobEnded("cancelled")

    with pytest.raises(JobEnded):
        await render(mesher, told)
    await cinema.left.wait()
