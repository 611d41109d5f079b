"""Poses are read for real: the released networks on pictures of people who stand, and motions of a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from atelier.common.v1 import pose_pb2
from atelierkit.admission import Admission, Limits
from atelierkit.blobs import MemoryBlobs
from atelierkit.errors import Overloaded
from atelierkit.inference import LocalInference
from bodypose.limits import excess
from bodypose.skeleton import Pose, turns_of
from services.generator.adapters.files import BlobFiles
from services.generator.adapters.pose_reader import UploadedPoses
from services.generator.domain.custom_poses import ReadPose
from services.generator.domain.errors import InvalidMotion, InvalidPosePhoto
from services.generator.domain.model import StoredFile
from tests.unit.bodypose.dancer import SKELETONS, Writer
from tests.unit.bodypose.sitter import STANCES, turns_in
from tests.unit.generator.world import MODELS

PICTURE = Path(__file__).parents[3] / "docs" / "pictures" / "avatars.png"
"""Four avatars, side by side."""


class Room:
    """A reader of poses and a place to put uploads."""

    def __init__(self, inference: LocalInference) -> None:
        self.blobs = MemoryBlobs()
        self.admission = Admission("photos", Limits(places=1, most_waiting=0))
        self.reader = UploadedPoses(inference, BlobFiles(self.blobs), self.admission)

    async def photo(self, data: bytes) -> ReadPose:
        return await self.reader.of_photo(await self._uploaded(data))

    async def motion(self, data: bytes, frame: int = 0) -> ReadPose:
        return await self.reader.of_motion(await self._uploaded(data), frame)

    async def fault(self, data: bytes) -> str:
        with pytest.raises(InvalidPosePhoto) as refused:
            await self.photo(data)
        [fault] = refused.value.faults
        return fault.code

    async def _uploaded(self, data: bytes) -> StoredFile:
        ref = await self.blobs.put(data, prefix=f"uploads/{uuid4().hex}", media_type="image/png")
        return StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with LocalInference(MODELS) as inference:
        yield Room(inference)


def picture(first: float, last: float) -> bytes:
    """A part of the picture from left to right, in shares of its width."""
    whole = Image.open(PICTURE).convert("RGB")
    cut = whole.crop((int(first * whole.width), 0, int(last * whole.width), whole.height))
    file = BytesIO()
    cut.save(file, "PNG")
    return file.getvalue()


def pose_of(read: ReadPose) -> tuple[Pose, pose_pb2.Support.ValueType]:
    message = pose_pb2.Pose.FromString(read.pose)
    return Pose({turn.bone: (turn.x, turn.y, turn.z, turn.w) for turn in message.turns}), message.support


async def test_somebody_who_stands_is_read(room: Room) -> None:
    read = await room.photo(picture(0.0, 0.25))
    pose, support = pose_of(read)
    assert support == pose_pb2.SUPPORT_FEET
    assert read.unknown_bones == ()
    assert (excess(turns_of(pose)) < 1e-6).all()
    assert await room.photo(picture(0.0, 0.25)) == read


async def test_nobody_and_several_are_refused(room: Room) -> None:
    sky = np.linspace(120, 220, 300, dtype=np.uint8)[:, None, None] * np.ones((1, 400, 3), np.uint8)
    file = BytesIO()
    Image.fromarray(sky).save(file, "PNG")
    assert await room.fault(file.getvalue()) == "person_not_found"
    assert await room.fault(picture(0.0, 0.5)) == "several_people"
    assert await room.fault(b"GIF89a" + bytes(100)) == "unsupported_media"


async def test_a_frame_of_a_motion_is_read(room: Room) -> None:
    motion = Writer(SKELETONS["Unreal"]).write(
        *(turns_in(STANCES[name]) for name in ("standing", "on a chair"))
    )
    assert [pose_of(await room.motion(motion, frame))[1] for frame in (0, 1)] == [
        pose_pb2.SUPPORT_FEET,
        pose_pb2.SUPPORT_SEAT,
    ]
    with pytest.raises(InvalidMotion) as refused:
        await room.motion(motion, 2)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("frame", "frame_missing")]
    names = {bone: name for bone, name in SKELETONS["Unreal"].items() if bone != "LeftForeArm"}
    with pytest.raises(InvalidMotion) as refused:
        await room.motion(Writer(names).write(turns_in(STANCES["standing"])))
    assert refused.value.faults[0].limit is not None
    assert "LeftForeArm" in refused.value.faults[0].limit


async def test_more_than_may_wait_are_turned_away(room: Room) -> None:
    results = await asyncio.gather(
        *(room.photo(picture(0.25, 0.5)) for _ in range(3)), return_exceptions=True
    )
    assert [isinstance(result, Overloaded) for result in results].count(True) == 2
    assert [isinstance(result, ReadPose) for result in results].count(True) == 1
