"""Pictures and videos of avatars, drawn by the real mesher behind a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest

from atelierkit.identity import Caller, acting
from atelierkit.inference import LocalInference
from atelierkit.testing import serve, signed_token
from services.generator.adapters.network import BodyNetwork
from services.generator.adapters.video_mesher import RemoteVideoMesher
from services.generator.bootstrap import picture_verbs
from services.generator.domain.jobs import Queued, State
from services.generator.domain.model import StoredFile
from services.generator.domain.pictures import PictureOptions, VideoOptions
from services.generator.use_cases.jobs import GetJob
from services.mesher.adapters.video import avif
from services.mesher.domain.body import BodyModel
from tests.contract.generator.neighbours import Town, town
from tests.contract.generator.test_generator_faces_contract import work
from tests.integration.generator.real_mesher import real_mesher
from tests.unit.generator.world import MODELS, RecordingBlobs, World

SHORT = VideoOptions(PictureOptions(size=64), seconds=1, frame_rate=8)


@pytest.fixture
async def here() -> AsyncIterator[Town]:
    """The service over the released network and the real mesher."""
    blobs = RecordingBlobs()
    with real_mesher(BodyModel.load(MODELS), blobs) as mesher:
        async with LocalInference(MODELS) as inference, serve(mesher) as channel:
            world = World(blobs=blobs, network=BodyNetwork(inference, "2.0.0"))
            world.tools = replace(world.tools, video_mesher=RemoteVideoMesher(channel, 120.0))
            async with town(world, mesher=channel, timeout_s=60.0) as made:
                yield made


async def test_an_avatar_is_drawn_and_filmed_once(here: Town) -> None:
    avatar = UUID((await here.create()).id)
    verbs = picture_verbs(here.tools)
    with acting(Caller("ann", frozenset(), signed_token("ann"))):
        first = await verbs.export_picture("ann", avatar, "", PictureOptions(size=64))
        again = await verbs.export_picture("ann", avatar, "", PictureOptions(size=64))
        queued = await verbs.export_video("ann", avatar, ("",), SHORT)
    assert first == again
    assert isinstance(queued, Queued)
    await work(here)
    job = (await GetJob(here.tools.units)("ann", queued.job.id)).job
    assert (job.state, job.failure) == (State.COMPLETED, None)
    with acting(Caller("ann", frozenset(), signed_token("ann"))):
        film = await verbs.export_video("ann", avatar, ("",), SHORT)
    assert isinstance(film, StoredFile)
    assert len(avif.samples(await here.world.store.get(film)).pictures) == 8
