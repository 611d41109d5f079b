"""BuildAvatar in a pose: skeletons take it, other formats are baked, and what a body cannot do is told or refused."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import trimesh

from atelier.common.v1 import file_pb2, pose_pb2
from atelier.mesher.v1 import mesher_pb2 as pb
from atelierkit.blobs import MemoryBlobs
from atelierkit.errors import Code, RemoteError
from services.mesher.domain.body import BodyModel
from tests.contract.mesher.conftest import Mesher
from tests.contract.mesher.test_mesher_contract import build_request

HALF = np.sqrt(0.5)


def turn(bone: str, x: float = 0.0, y: float = 0.0, z: float = 0.0, w: float = 1.0) -> pose_pb2.JointTurn:
    return pose_pb2.JointTurn(bone=bone, x=x, y=y, z=z, w=w)


def request(
    model: BodyModel,
    *turns: pose_pb2.JointTurn,
    format: file_pb2.FileFormat.ValueType = file_pb2.FILE_FORMAT_GLB,
) -> pb.BuildAvatarRequest:
    asked = build_request(model, file_pb2.PARTS_BODY)
    asked.file.format = format
    asked.pose.CopyFrom(pose_pb2.Pose(turns=turns, support=pose_pb2.SUPPORT_FEET))
    return asked


async def shown(blobs: MemoryBlobs, answer: pb.BuildAvatarResponse) -> Any:
    """The scene of a GLB."""
    return trimesh.load(io.BytesIO(await blobs.get(answer.file.key)), file_type="glb", process=False)


# Thigh level, shin hanging down.
LIFTED = (turn("LeftUpLeg", x=-HALF, w=HALF), turn("LeftLeg", x=HALF, w=HALF))


async def test_a_glb_takes_the_pose_and_keeps_its_rest(
    mesher: Mesher, model: BodyModel, blobs: MemoryBlobs
) -> None:
    plain = await mesher.stub.BuildAvatar(build_request(model, file_pb2.PARTS_BODY), metadata=mesher.token)
    posed = await mesher.stub.BuildAvatar(request(model, *LIFTED), metadata=mesher.token)
    again = await mesher.stub.BuildAvatar(request(model, *LIFTED), metadata=mesher.token)
    assert posed == again
    assert posed.file.sha256 != plain.file.sha256
    assert (posed.readings, posed.quantities) == (plain.readings, plain.quantities)
    assert not posed.clamped_bones
    rest, turned = await shown(blobs, plain), await shown(blobs, posed)
    np.testing.assert_array_equal(rest.geometry["body"].vertices, turned.geometry["body"].vertices)
    foot = [scene.graph.get("LeftFoot")[0][:3, 3] for scene in (rest, turned)]
    assert foot[1][1] - foot[0][1] > 0.3
    assert foot[1][2] - foot[0][2] > 0.3


async def test_a_body_that_lies_on_its_side_is_baked(
    mesher: Mesher, model: BodyModel, blobs: MemoryBlobs
) -> None:
    asked = request(model, turn("Hips", z=HALF, w=HALF), format=file_pb2.FILE_FORMAT_PLY)
    answer = await mesher.stub.BuildAvatar(asked, metadata=mesher.token)
    skin = trimesh.load(io.BytesIO(await blobs.get(answer.file.key)), file_type="ply")
    low, high = skin.bounds
    assert low[1] == pytest.approx(0.0, abs=1e-6)
    assert high[0] - low[0] > 1.5 > high[1]


async def test_an_stl_is_baked(mesher: Mesher, model: BodyModel, blobs: MemoryBlobs) -> None:
    asked = request(model, *LIFTED, format=file_pb2.FILE_FORMAT_STL)
    answer = await mesher.stub.BuildAvatar(asked, metadata=mesher.token)
    skin = trimesh.load(io.BytesIO(await blobs.get(answer.file.key)), file_type="stl")
    low, high = skin.bounds
    assert low[1] == pytest.approx(0.0, abs=1e-3)
    assert high[2] - low[2] > 550.0


async def test_a_knee_that_bends_forward_is_turned_back_and_told(mesher: Mesher, model: BodyModel) -> None:
    asked = request(model, turn("LeftLeg", x=-HALF, w=HALF))
    answer = await mesher.stub.BuildAvatar(asked, metadata=mesher.token)
    assert list(answer.clamped_bones) == ["LeftLeg"]


@pytest.mark.parametrize(
    ("turns", "field"),
    [
        ([turn("Tail")], "pose.turns[0].bone"),
        ([turn("Head", w=0.5)], "pose.turns[0]"),
        ([turn("Head"), turn("Head")], "pose"),
    ],
    ids=["no such bone", "no rotation", "twice"],
)
async def test_what_is_no_pose_is_refused(
    mesher: Mesher, model: BodyModel, turns: list[pose_pb2.JointTurn], field: str
) -> None:
    with pytest.raises(RemoteError) as refusal:
        await mesher.stub.BuildAvatar(request(model, *turns), metadata=mesher.token)
    assert refusal.value.code is Code.INVALID_ARGUMENT
    assert [fault.field for fault in refusal.value.faults] == [field]
