"""Pictures through a real server, drawn by the real renderer."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image
from prometheus_client import REGISTRY

if TYPE_CHECKING:
    from atelier.mesher.v1.pictures_pb2_grpc import PictureServiceAsyncStub

from atelier.common.v1 import blob_pb2, picture_pb2, pose_pb2
from atelier.mesher.v1 import pictures_pb2 as pb
from atelier.mesher.v1.pictures_pb2_grpc import PictureServiceStub
from atelierkit.blobs import MemoryBlobs
from atelierkit.errors import AppError, Code
from atelierkit.service import Service
from atelierkit.testing import MemoryVerifier, serve
from atelierkit.workshop import Workshop
from services.mesher.domain.body import BodyModel
from services.mesher.domain.errors import DrawingUnavailable
from services.mesher.domain.stage import Stage, Style, View
from services.mesher.domain.surface import IntArray
from services.mesher.metrics import draw_timed
from services.mesher.use_cases.pictures import Easel
from tests.contract.mesher.conftest import Mesher
from tests.contract.mesher.test_mesher_contract import build_request
from tests.patience import PATIENCE_S


@pytest.fixture
async def stub(service: Service) -> AsyncIterator[PictureServiceAsyncStub]:
    async with serve(service, timeout_s=PATIENCE_S) as channel:
        yield PictureServiceStub(channel)


@pytest.fixture
def token(verifier: MemoryVerifier) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {verifier.admit('alice')}"),)


def sitter(model: BodyModel) -> pb.Sitter:
    build = build_request(model)
    return pb.Sitter(body=build.body, appearance=build.appearance, garments=build.garments)


async def test_a_picture_is_stored_as_asked(
    stub: PictureServiceAsyncStub,
    token: tuple[tuple[str, str], ...],
    model: BodyModel,
    blobs: MemoryBlobs,
) -> None:
    request = pb.RenderPictureRequest(
        sitter=sitter(model),
        picture=picture_pb2.PictureOptions(
            camera=picture_pb2.CAMERA_PORTRAIT,
            size=128,
            background=picture_pb2.Background(color="#336699"),
            face_shapes={"jawOpen": 0.5},
        ),
    )
    answer = await stub.RenderPicture(request, metadata=token)
    again = await stub.RenderPicture(request, metadata=token)
    assert answer.file == again.file
    picture = np.asarray(Image.open(io.BytesIO(await blobs.get(answer.file.key))))
    assert picture.shape == (128, 128, 3)
    assert answer.file.media_type == "image/png"
    assert picture[0, 0].tolist() == [0x33, 0x66, 0x99]
    assert (picture[64, 64] != picture[0, 0]).any()


async def scenery(blobs: MemoryBlobs, pixels: np.ndarray) -> picture_pb2.Background:
    """A picture in the store, to stand behind."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return await stored(blobs, file.getvalue())


async def stored(blobs: MemoryBlobs, data: bytes) -> picture_pb2.Background:
    """Any bytes in its place."""
    ref = await blobs.put(data, prefix="backgrounds", media_type="image/png")
    file = blob_pb2.BlobRef(key=ref.key, sha256=ref.sha256, media_type=ref.media_type, size=ref.size)
    return picture_pb2.Background(picture=file)


def before(
    model: BodyModel, background: picture_pb2.Background, style: picture_pb2.Style.ValueType
) -> pb.RenderPictureRequest:
    options = picture_pb2.PictureOptions(size=96, background=background, style=style)
    return pb.RenderPictureRequest(sitter=sitter(model), picture=options)


@pytest.mark.parametrize(
    "style", [picture_pb2.STYLE_REALISTIC, picture_pb2.STYLE_CARTOON, picture_pb2.STYLE_ANIME]
)
async def test_a_stored_picture_stands_behind(
    stub: PictureServiceAsyncStub,
    token: tuple[tuple[str, str], ...],
    model: BodyModel,
    blobs: MemoryBlobs,
    style: picture_pb2.Style.ValueType,
) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (96, 96, 3), np.uint8)
    request = before(model, await scenery(blobs, pixels), style)
    answer = await stub.RenderPicture(request, metadata=token)
    drawn = np.asarray(Image.open(io.BytesIO(await blobs.get(answer.file.key))))
    same = (drawn == pixels).all(axis=2)
    # Over the head and beside the person every pixel is the picture's own; where she stands none is.
    assert same[:4].all()
    assert same[:, :4].all()
    assert not same[40:50, 46:50].any()


async def test_what_cannot_stand_behind_is_named(
    stub: PictureServiceAsyncStub,
    token: tuple[tuple[str, str], ...],
    model: BodyModel,
    blobs: MemoryBlobs,
) -> None:
    text, gone = await stored(blobs, b"no picture"), await stored(blobs, b"gone")
    await blobs.delete(gone.picture.key)
    for background, code, faults in (
        (gone, Code.NOT_FOUND, ["background.gone"]),
        (text, Code.INVALID_ARGUMENT, []),
        (picture_pb2.Background(own_id=str(uuid4())), Code.INVALID_ARGUMENT, ["picture.background"]),
    ):
        with pytest.raises(AppError) as refused:
            await stub.RenderPicture(before(model, background, picture_pb2.STYLE_REALISTIC), metadata=token)
        assert refused.value.code is code
        assert [each.code for each in refused.value.faults] == faults


async def test_an_unknown_face_shape_is_named(
    stub: PictureServiceAsyncStub, token: tuple[tuple[str, str], ...], model: BodyModel
) -> None:
    request = pb.RenderPictureRequest(
        sitter=sitter(model), picture=picture_pb2.PictureOptions(size=64, face_shapes={"thirdEyeOpen": 1.0})
    )
    with pytest.raises(AppError) as refused:
        await stub.RenderPicture(request, metadata=token)
    assert refused.value.code is Code.INVALID_ARGUMENT
    assert refused.value.reason == "UNKNOWN_MORPH_TARGET"
    assert [fault.field for fault in refused.value.faults] == ["picture.face_shapes"]


async def test_a_pose_is_drawn_for_anybody(stub: PictureServiceAsyncStub, blobs: MemoryBlobs) -> None:
    answer = await stub.RenderPosePicture(pb.RenderPosePictureRequest(pose=pose_pb2.Pose(), size=96))
    picture = Image.open(io.BytesIO(await blobs.get(answer.file.key)))
    assert (picture.format, picture.size) == ("WEBP", (96, 96))


def drawn() -> float:
    """How many pictures were drawn in this process."""
    labels = {"style": "realistic", "outcome": "ok"}
    return REGISTRY.get_sample_value("atelier_mesher_draw_duration_seconds_count", labels) or 0.0


async def test_a_picture_of_a_pose_is_drawn_once(stub: PictureServiceAsyncStub, blobs: MemoryBlobs) -> None:
    nod = pose_pb2.Pose(turns=[pose_pb2.JointTurn(bone="Head", x=0.1, w=0.995)])
    request = pb.RenderPosePictureRequest(pose=nod, size=64)
    first, before = (await stub.RenderPosePicture(request)).file, drawn()
    assert (await stub.RenderPosePicture(request)).file == first
    assert drawn() == before
    # Where nobody's records look for what is left over.
    assert first.key.startswith("poses/")
    await blobs.delete(first.key)
    assert (await stub.RenderPosePicture(request)).file == first
    assert drawn() == before + 1
    request.size = 65
    assert (await stub.RenderPosePicture(request)).file != first


async def test_avatars_and_people_s_pictures_are_made_while_poses_crowd(
    stub: PictureServiceAsyncStub,
    mesher: Mesher,
    model: BodyModel,
    galleries: Workshop,
) -> None:
    begun, release = threading.Event(), threading.Event()

    def endless() -> bool:
        begun.set()
        return release.wait(PATIENCE_S)

    turned = pose_pb2.Pose(turns=[pose_pb2.JointTurn(bone="Head", y=0.1, w=0.995)])
    pose = pb.RenderPosePictureRequest(pose=turned, size=64)
    crowd = asyncio.create_task(galleries.run(endless))
    try:
        assert await asyncio.to_thread(begun.wait, PATIENCE_S)
        with pytest.raises(AppError) as refused:
            await stub.RenderPosePicture(pose)
        built = await mesher.stub.BuildAvatar(build_request(model), metadata=mesher.token)
        person = pb.RenderPictureRequest(sitter=sitter(model), picture=picture_pb2.PictureOptions(size=64))
        drawn = await stub.RenderPicture(person, metadata=mesher.token)
    finally:
        release.set()
        assert await crowd
    assert (refused.value.reason, refused.value.code) == ("OVERLOADED", Code.RESOURCE_EXHAUSTED)
    assert refused.value.retry_after_s is not None
    assert built.file.size > 0
    assert drawn.file.size > 0
    assert (await stub.RenderPosePicture(pose)).file.size > 0


class NoDriver:
    """A machine on which nothing draws."""

    def open(self) -> str:
        raise DrawingUnavailable("no driver")

    def draw(self, stage: Stage) -> IntArray:
        raise DrawingUnavailable("no driver")


async def test_without_a_driver_pictures_are_refused_with_the_reason(
    drawings: Workshop, model: BodyModel
) -> None:
    easel = Easel(NoDriver(), drawings, draw_timed)
    with pytest.raises(DrawingUnavailable):
        await easel.open()
    with pytest.raises(DrawingUnavailable) as refused:
        await easel.draw(Stage([], View((0.0, 1.0, 3.0), (0.0, 1.0, 0.0), 20.0), Style.REALISTIC, 64))
    assert refused.value.code is Code.UNAVAILABLE
    assert "libgl1-mesa-dri" in refused.value.message
    assert REGISTRY.get_sample_value("atelier_mesher_drawing_available") == 0.0
