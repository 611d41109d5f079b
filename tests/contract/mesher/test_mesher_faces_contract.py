"""Faces through a real server: what is answered, refused and stored."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from atelier.common.v1 import blob_pb2, face_pb2
from atelier.mesher.v1 import faces_pb2 as pb
from atelierkit.blobs import MemoryBlobs
from atelierkit.errors import AppError, Code
from facemodel.topology import FaceTopology
from photos import encode
from services.mesher.adapters.jpeg import JpegPictures
from tests.unit.facemodel.photographer import photo
from tests.unit.mesher.glb_reader import Glb

if TYPE_CHECKING:
    from atelier.mesher.v1.faces_pb2_grpc import FaceMeshServiceAsyncStub

SKIN = (180.0, 130.0, 105.0)


@pytest.fixture
async def request_(topology: FaceTopology, blobs: MemoryBlobs) -> pb.BuildFaceRequest:
    """A face of an even skin, from the front and from both sides."""
    colors = np.tile(SKIN, (len(topology.mean), 1))
    views = []
    for yaw in (0.0, -35.0, 35.0):
        taken = photo(topology, topology.mean, colors, yaw)
        ref = await blobs.put(encode.jpeg(taken.pixels), prefix="faces", media_type="image/jpeg")
        picture = blob_pb2.BlobRef(key=ref.key, sha256=ref.sha256, media_type=ref.media_type, size=ref.size)
        views.append(face_pb2.FaceView(picture=picture, points=packed(taken.points)))
    geometry = face_pb2.FaceGeometry(points=packed(topology.mean))
    return pb.BuildFaceRequest(geometry=geometry, views=views, model_version="1.0.0")


def packed(points: np.ndarray) -> bytes:
    return points.astype("<f4").tobytes()


async def test_a_face_is_stored_with_its_texture(
    faces: FaceMeshServiceAsyncStub, request_: pb.BuildFaceRequest, blobs: MemoryBlobs, topology: FaceTopology
) -> None:
    answer = await faces.BuildFace(request_)
    assert (answer.vertex_count, answer.face_count) == (468, 898)
    file, texture = await blobs.get(answer.file.key), await blobs.get(answer.texture.key)
    for ref, data, kind in (
        (answer.file, file, "model/gltf-binary"),
        (answer.texture, texture, "image/jpeg"),
    ):
        assert ref.key == f"faces/{hashlib.sha256(data).hexdigest()}"
        assert (ref.media_type, ref.size) == (kind, len(data))
    read = Glb(file)
    assert read.image(0) == texture
    np.testing.assert_allclose(read.attribute("face", "POSITION"), topology.mean, atol=1e-6)
    painted = JpegPictures().read(texture)
    assert painted.shape == (1024, 1024, 3)
    assert np.abs(np.median(painted, axis=(0, 1)) - SKIN).max() <= 3


async def test_the_same_request_gives_the_same_bytes(
    faces: FaceMeshServiceAsyncStub, request_: pb.BuildFaceRequest
) -> None:
    assert await faces.BuildFace(request_) == await faces.BuildFace(request_)


async def test_a_picture_that_is_not_there_is_not_found(
    faces: FaceMeshServiceAsyncStub, request_: pb.BuildFaceRequest
) -> None:
    request_.views[1].picture.key = f"faces/{'0' * 64}"
    with pytest.raises(AppError) as refused:
        await faces.BuildFace(request_)
    assert refused.value.code is Code.NOT_FOUND


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda request: request.geometry.CopyFrom(face_pb2.FaceGeometry(points=b"\xff" * 5616)), "geometry.points"),
        (lambda request: setattr(request.views[2], "points", b"\xff" * 5616), "views[2].points"),
        (lambda request: setattr(request.views[2], "points", b"\0" * 5612), "views[2].points"),
        (lambda request: request.ClearField("views"), "views"),
        (lambda request: request.views.append(request.views[0]), "views"),
        (lambda request: request.ClearField("model_version"), "model_version"),
    ],
    ids=["no numbers", "no numbers in a view", "too few points", "no view", "too many views", "no version"],
)  # fmt: skip
async def test_what_is_no_face_is_named(
    faces: FaceMeshServiceAsyncStub, request_: pb.BuildFaceRequest, change, field: str
) -> None:
    change(request_)
    with pytest.raises(AppError) as refused:
        await faces.BuildFace(request_)
    assert refused.value.code is Code.INVALID_ARGUMENT
    assert field in [fault.field.replace('"', "") for fault in refused.value.faults]


async def test_a_picture_that_is_none_is_refused(
    faces: FaceMeshServiceAsyncStub, request_: pb.BuildFaceRequest, blobs: MemoryBlobs
) -> None:
    text = await blobs.put(b"not a picture", prefix="faces", media_type="image/jpeg")
    request_.views[0].picture.key = text.key
    with pytest.raises(AppError) as refused:
        await faces.BuildFace(request_)
    assert refused.value.code is Code.INVALID_ARGUMENT
