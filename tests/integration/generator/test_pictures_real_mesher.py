"""Pictures and videos of avatars, drawn by the real mesher behind a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

from atelierkit.admission import Admission, Limits
from atelierkit.identity import Caller, acting
from atelierkit.inference import LocalInference
from atelierkit.testing import serve, signed_token
from photos import encode
from services.generator.adapters.background_reader import UploadedBackgrounds
from services.generator.adapters.network import BodyNetwork
from services.generator.adapters.video_mesher import RemoteVideoMesher
from services.generator.bootstrap import picture_verbs
from services.generator.domain.errors import BackgroundNotFound
from services.generator.domain.jobs import Queued, State
from services.generator.domain.model import StoredFile
from services.generator.domain.pictures import OwnBackground, PictureOptions, VideoOptions
from services.generator.offers import background_verbs
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


async def test_a_picture_of_ones_own_stands_behind(here: Town) -> None:
    photo = np.random.default_rng(4).integers(0, 256, (256, 256, 3), np.uint8)
    sent = await here.world.blobs.put(encode.jpeg(photo), prefix="uploads/1", media_type="image/jpeg")
    reader = UploadedBackgrounds(here.world.store, Admission("photos", Limits(places=1, most_waiting=0)))
    backgrounds = background_verbs(replace(here.tools, background_reader=reader))
    upload = StoredFile(sent.key, sent.sha256, sent.media_type, sent.size)
    background = await backgrounds.create("ann", "Noise", upload)
    avatar, verbs = UUID((await here.create()).id), picture_verbs(here.tools)
    options = PictureOptions(size=256, background=OwnBackground(str(background.id)))
    with acting(Caller("ann", frozenset(), signed_token("ann"))):
        file = (await verbs.export_picture("ann", avatar, "", options)).file
        drawn, kept = [
            np.asarray(Image.open(BytesIO(await here.world.store.get(each))).convert("RGB"))
            for each in (file, background.file)
        ]
        same = (drawn == kept).all(axis=2)
        assert same[:10].all()
        assert same[:, :10].all()
        assert not same[120:130, 124:132].any()
        # The picture goes between the look at its record and the drawing.
        await here.world.blobs.delete(background.file.key)
        with pytest.raises(BackgroundNotFound):
            await verbs.export_picture("ann", avatar, "", replace(options, size=64))
        with pytest.raises(BackgroundNotFound):
            await verbs.export_picture(
                "ann", avatar, "", replace(options, background=OwnBackground(str(avatar)))
            )
