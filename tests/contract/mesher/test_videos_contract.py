"""Videos through a real server, drawn by the real renderer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from atelier.mesher.v1.pictures_pb2_grpc import PictureServiceAsyncStub

from atelier.common.v1 import picture_pb2, pose_pb2
from atelier.mesher.v1 import pictures_pb2 as pb
from atelierkit.blobs import MemoryBlobs
from atelierkit.errors import AppError, Code
from services.mesher.adapters.video import avif
from services.mesher.domain.body import BodyModel
from tests.contract.mesher.test_pictures_contract import scenery, sitter, stub, token

__all__ = ["stub", "token"]

Token = tuple[tuple[str, str], ...]


def request(model: BodyModel, **options: object) -> pb.RenderVideoRequest:
    plain = {"picture": picture_pb2.PictureOptions(size=64), "seconds": 1, "frame_rate": 8}
    return pb.RenderVideoRequest(
        sitter=sitter(model),
        video=picture_pb2.VideoOptions(**{**plain, **options}),  # type: ignore[arg-type]
    )


async def test_a_video_tells_how_far_it_is_and_ends_with_its_file(
    stub: PictureServiceAsyncStub, token: Token, model: BodyModel, blobs: MemoryBlobs
) -> None:
    news = [each async for each in stub.RenderVideo(request(model), metadata=token)]
    *progress, last = news
    told = [each.progress_percent for each in progress]
    assert told == sorted(set(told))
    assert told[0] > 0
    assert told[-1] < 100
    assert last.file.media_type == "video/mp4"
    assert last.file.key.startswith("videos/")
    film = avif.samples(await blobs.get(last.file.key))
    assert (film.width, film.height, len(film.pictures)) == (64, 64, 8)


async def test_the_same_video_is_the_same_file(
    stub: PictureServiceAsyncStub, token: Token, model: BodyModel
) -> None:
    files = [
        [each async for each in stub.RenderVideo(request(model), metadata=token)][-1].file for _ in range(2)
    ]
    assert files[0] == files[1]


async def test_a_picture_stands_behind_every_frame(
    stub: PictureServiceAsyncStub, token: Token, model: BodyModel, blobs: MemoryBlobs
) -> None:
    shown = {}
    for name, shade in (("dark", 40), ("light", 210), ("dark again", 40)):
        behind = await scenery(blobs, np.full((64, 64, 3), shade, np.uint8))
        asked = request(model, picture=picture_pb2.PictureOptions(size=64, background=behind))
        film = [each async for each in stub.RenderVideo(asked, metadata=token)][-1].file
        shown[name] = avif.samples(await blobs.get(film.key)).pictures
    assert shown["dark"] == shown["dark again"]
    assert shown["dark"][0] != shown["light"][0]


async def test_a_person_goes_from_pose_to_pose(
    stub: PictureServiceAsyncStub, token: Token, model: BodyModel
) -> None:
    arm = pose_pb2.Pose(turns=[pose_pb2.JointTurn(bone="LeftArm", z=0.6, w=0.8)])
    seated = pose_pb2.Pose(
        turns=[pose_pb2.JointTurn(bone=f"{side}UpLeg", x=-0.7071, w=0.7071) for side in ("Left", "Right")],
        support=pose_pb2.SUPPORT_SEAT,
    )
    made = {}
    for name, poses in (("round", []), ("one", [arm]), ("both", [arm, seated])):
        asked = request(model)
        asked.poses.extend(poses)
        news = [each async for each in stub.RenderVideo(asked, metadata=token)]
        made[name] = news[-1].file.sha256
    assert len(set(made.values())) == 3


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"picture": picture_pb2.PictureOptions(size=1025)}, "video"),
        (
            {"picture": picture_pb2.PictureOptions(background=picture_pb2.Background(transparent=True))},
            "video",
        ),
        ({"seconds": 21}, "video.seconds"),
        ({"frame_rate": 31}, "video.frame_rate"),
    ],
)
async def test_a_video_has_bounds(
    stub: PictureServiceAsyncStub, token: Token, model: BodyModel, options: dict[str, object], field: str
) -> None:
    with pytest.raises(AppError) as refused:
        async for _ in stub.RenderVideo(request(model, **options), metadata=token):
            pass
    assert refused.value.code is Code.INVALID_ARGUMENT
    assert [fault.field for fault in refused.value.faults] == [field]
