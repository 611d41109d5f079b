"""A photo to a picture in a pose, with nothing but real parts: networks, face library, mesher and renderer."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from atelier.common.v1 import blob_pb2, pose_pb2
from atelier.generator.v1 import generations_pb2 as pb
from atelier.generator.v1 import jobs_pb2
from atelierkit.admission import Admission, Limits
from atelierkit.inference import LocalInference
from atelierkit.testing import serve
from facemodel.topology import FaceTopology
from photos.encode import jpeg
from services.generator.adapters.face_sense import FaceSense
from services.generator.adapters.network import BodyNetwork
from services.generator.adapters.photos import PhotoReader
from services.generator.domain.faces import Slot
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.domain.body import BodyModel
from services.mesher.domain.errors import DrawingUnavailable
from tests.contract.generator.neighbours import Town, town
from tests.contract.generator.test_generations_contract import call, now, own_pose, request
from tests.contract.generator.test_generator_faces_contract import work
from tests.integration.generator.real_mesher import real_mesher
from tests.unit.generator.world import MODELS, RecordingBlobs, World

LEAST_APART = 1.0
"""Mean difference of two pictures, of 255 levels, from which on they are not of the same pose: most of either is wall."""


@pytest.fixture
async def here() -> AsyncIterator[Town]:
    """The service over the released networks, the face library and the real mesher, where that can draw."""
    blobs, topology = RecordingBlobs(), FaceTopology.load(MODELS)
    with real_mesher(BodyModel.load(MODELS), blobs) as mesher:
        async with LocalInference(MODELS) as inference, serve(mesher) as channel:
            world = World(blobs=blobs, network=BodyNetwork(inference, "2.0.0"))
            sense = FaceSense(topology, "1.0.0")
            reader = PhotoReader(inference, world.store, Admission("photos", Limits(1)), sense)
            world.tools = replace(world.tools, face_reader=reader)
            async with town(world, mesher=channel, timeout_s=60.0) as made:
                yield made


async def sent(here: Town, photo: bytes, *pose_ids: str) -> list[pb.Generation]:
    ref = await here.world.blobs.put(photo, prefix=f"uploads/{uuid4().hex}", media_type="image/jpeg")
    file = blob_pb2.BlobRef(key=ref.key, sha256=ref.sha256, media_type=ref.media_type, size=ref.size)
    asked = await request(here, *pose_ids)
    await here.world.blobs.delete(asked.photo.key)
    asked.photo.CopyFrom(file)
    return list((await call(here, "CreateGenerations", asked)).generations)


async def pixels(here: Town, generation: pb.Generation) -> np.ndarray:
    """(h, w, 4) uint8."""
    done = await now(here, generation)
    assert done.job.state == jobs_pb2.JOB_STATE_COMPLETED, done.job.error
    picture = Image.open(io.BytesIO(await here.world.blobs.get(done.picture.key)))
    assert picture.format == "PNG"
    return np.asarray(picture.convert("RGBA"))


@pytest.fixture(scope="module")
def draws() -> None:
    """Skips where the machine has no driver to draw with."""
    try:
        OpenGlDraughtsman().open()
    except DrawingUnavailable as error:
        pytest.skip(f"nothing draws here: {error.metadata['why']}")


async def test_a_photo_becomes_pictures_of_the_person_in_two_poses(
    here: Town, album: Mapping[Slot, bytes], draws: None
) -> None:
    raised, lowered = own_pose(here), str(uuid4())
    arm_down = pose_pb2.Pose(turns=[pose_pb2.JointTurn(bone="LeftArm", z=-0.6, w=0.8)])
    here.world.poses.own["ann", lowered] = arm_down.SerializeToString(deterministic=True)
    wall = jpeg(np.full((300, 300, 3), 120, np.uint8))
    of_nobody, made = await sent(here, wall, raised), await sent(here, album[Slot.FRONT], raised, lowered)
    await work(here)
    up, down = [await pixels(here, each) for each in made]
    assert up.shape == down.shape == (512, 512, 4)
    assert np.abs(up.astype(float) - down).mean() > LEAST_APART
    assert set(here.world.blobs.keys) == {(await now(here, each)).picture.key for each in made}
    failed = (await now(here, of_nobody[0])).job
    assert failed.error.reason == "INVALID_PHOTOS"
    assert [(fault.code, fault.filename) for fault in failed.error.photos] == [
        ("face_not_found", "front.jpg")
    ]
