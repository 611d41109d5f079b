"""Avatars that wear a person's face, through a real server."""

from __future__ import annotations

import numpy as np
import pytest

from atelier.common.v1 import blob_pb2, face_pb2
from atelier.mesher.v1 import mesher_pb2 as pb
from atelierkit.blobs import MemoryBlobs
from atelierkit.errors import AppError, Code
from facemodel.topology import FaceTopology
from photos import encode
from services.mesher.domain.body import BodyModel
from tests.contract.mesher.conftest import Mesher
from tests.contract.mesher.test_mesher_contract import build_request
from tests.unit.mesher.glb_reader import Glb


@pytest.fixture
async def wearing(model: BodyModel, topology: FaceTopology, blobs: MemoryBlobs) -> pb.BuildAvatarRequest:
    """Somebody with a broader face than the body's, in one tone."""
    picture = encode.jpeg(np.full((1024, 1024, 3), (180, 130, 105), np.uint8))
    ref = await blobs.put(picture, prefix="faces", media_type="image/jpeg")
    request = build_request(model)
    broader = (topology.mean * [1.05, 1.0, 1.0]).astype("<f4")
    request.face.CopyFrom(
        face_pb2.PersonFace(
            geometry=face_pb2.FaceGeometry(points=broader.tobytes()),
            texture=blob_pb2.BlobRef(
                key=ref.key, sha256=ref.sha256, media_type=ref.media_type, size=ref.size
            ),
            skin_color="#b48269",
            eye_color="#4a7fb5",
        )
    )
    return request


async def test_a_face_changes_the_head_and_no_reading(
    mesher: Mesher, model: BodyModel, blobs: MemoryBlobs, wearing: pb.BuildAvatarRequest
) -> None:
    plain = await mesher.stub.BuildAvatar(build_request(model), metadata=mesher.token)
    worn = await mesher.stub.BuildAvatar(wearing, metadata=mesher.token)
    assert list(worn.readings) == list(plain.readings)
    assert (worn.vertex_count, worn.face_count) == (plain.vertex_count, plain.face_count)
    before, after = [Glb(await blobs.get(answer.file.key)) for answer in (plain, worn)]
    moved = np.abs(after.attribute("body", "POSITION") - before.attribute("body", "POSITION")).max(axis=1)
    assert 0.001 < moved.max() < 0.03
    assert (moved > 0.0).mean() < 0.5
    assert await mesher.stub.BuildAvatar(wearing, metadata=mesher.token) == worn


async def test_who_asks_for_no_face_gets_what_was_there_before(
    mesher: Mesher, model: BodyModel, wearing: pb.BuildAvatarRequest
) -> None:
    before = await mesher.stub.BuildAvatar(build_request(model), metadata=mesher.token)
    worn = await mesher.stub.BuildAvatar(wearing, metadata=mesher.token)
    wearing.ClearField("face")
    assert await mesher.stub.BuildAvatar(wearing, metadata=mesher.token) == before
    assert worn.file.key != before.file.key


async def test_a_picture_that_is_not_there_is_not_found(
    mesher: Mesher, wearing: pb.BuildAvatarRequest
) -> None:
    wearing.face.texture.key = f"faces/{'0' * 64}"
    with pytest.raises(AppError) as refused:
        await mesher.stub.BuildAvatar(wearing, metadata=mesher.token)
    assert refused.value.code is Code.NOT_FOUND


async def test_points_of_no_face_are_refused(mesher: Mesher, wearing: pb.BuildAvatarRequest) -> None:
    wearing.face.geometry.points = np.full((468, 3), np.nan, "<f4").tobytes()
    with pytest.raises(AppError) as refused:
        await mesher.stub.BuildAvatar(wearing, metadata=mesher.token)
    assert refused.value.code is Code.INVALID_ARGUMENT
    assert [fault.field for fault in refused.value.faults] == ["face.geometry.points"]
