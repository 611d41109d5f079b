"""The file of a face: read back, small, valid, and the same each time."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image

from facemodel.topology import FaceTopology
from services.mesher.adapters.face_glb import FaceGlbWriter
from services.mesher.adapters.jpeg import JpegPictures
from services.mesher.domain.errors import InvalidPicture, NotAFace
from services.mesher.domain.portrait import FaceOrder, Portrait, SeenFace
from tests.unit.mesher import khronos
from tests.unit.mesher.conftest import MODELS
from tests.unit.mesher.glb_reader import Glb

PICTURES = JpegPictures()


@pytest.fixture(scope="module")
def topology() -> FaceTopology:
    return FaceTopology.load(MODELS)


def order(topology: FaceTopology) -> FaceOrder:
    view = SeenFace("faces/0", topology.mean * [3000.0, -3000.0, -3000.0] + 300.0)
    return FaceOrder(topology.mean, [view], "1.2.3")


@pytest.fixture(scope="module")
def picture() -> bytes:
    """As hard to compress as a picture can be."""
    noise = np.random.default_rng(1).integers(0, 256, (1024, 1024, 3), np.uint8)
    return PICTURES.write(noise, 175_000)


@pytest.fixture(scope="module")
def glb(topology: FaceTopology, picture: bytes) -> bytes:
    return FaceGlbWriter().write(Portrait.of(order(topology), topology, picture, "image/jpeg"))


def test_the_file_is_the_face(glb: bytes, topology: FaceTopology) -> None:
    read = Glb(glb)
    np.testing.assert_allclose(read.attribute("face", "POSITION"), topology.mean, atol=1e-7)
    np.testing.assert_array_equal(read.attribute("face", "TEXCOORD_0"), topology.uv)
    np.testing.assert_array_equal(read.triangles("face"), topology.triangles)
    assert (len(topology.mean), len(topology.triangles)) == (468, 898)
    normals = read.attribute("face", "NORMAL")
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-6)
    assert normals[topology.regions["nose"]].mean(axis=0)[2] > 0.5


def test_its_picture_is_a_jpeg_that_needs_no_extension(glb: bytes, picture: bytes) -> None:
    read = Glb(glb)
    assert read.image(0) == picture
    assert Image.open(io.BytesIO(picture)).format == "JPEG"
    assert read.content.keys().isdisjoint({"extensionsUsed", "extensionsRequired"})


def test_its_extras_say_where_it_comes_from(glb: bytes) -> None:
    extras = Glb(glb).content["asset"]["extras"]
    assert extras["modelVersion"] == "1.2.3"
    assert [part["name"] for part in extras["parts"]] == ["face", "face topology"]
    assert all(part["licence"] and part["source"] for part in extras["parts"])


def test_khronos_finds_nothing(glb: bytes, tmp_path: Path) -> None:
    assert khronos.findings(glb, tmp_path) == []
    broken = glb.replace(b'"VEC2"', b'"VEC3"', 1)
    assert khronos.findings(broken, tmp_path)


def test_trimesh_shows_it_with_its_picture(glb: bytes) -> None:
    scene: Any = trimesh.load(io.BytesIO(glb), file_type="glb", process=False)
    (mesh,) = scene.geometry.values()
    assert mesh.visual.material.baseColorTexture.size == (1024, 1024)
    assert len(mesh.faces) == 898


def test_no_picture_makes_it_larger_than_200_kilobytes(glb: bytes, picture: bytes) -> None:
    assert len(picture) <= 175_000
    assert len(glb) <= 200_000


def test_a_plain_picture_is_kept_finely() -> None:
    across = np.linspace(60, 200, 1024)
    plain = np.broadcast_to(across[None, :, None], (1024, 1024, 3)).astype(np.uint8)
    data = PICTURES.write(plain, 175_000)
    assert np.abs(PICTURES.read(data).astype(int) - plain).max() <= 3
    assert data == PICTURES.write(plain, 175_000)


@pytest.mark.parametrize("side", [1025, 40])
def test_what_is_no_stored_picture_is_refused(side: int) -> None:
    file = io.BytesIO()
    Image.new("RGB", (side, 30)).save(file, "PNG")
    data = file.getvalue() if side > 1024 else file.getvalue()[:-30]
    with pytest.raises(InvalidPicture):
        PICTURES.read(data)
    with pytest.raises(InvalidPicture):
        PICTURES.read(b"GIF89a" + bytes(100))


def test_points_of_no_face_are_named(topology: FaceTopology) -> None:
    good = order(topology)
    good.check()
    wild = topology.mean.copy()
    wild[7, 1] = np.nan
    seen = SeenFace("faces/0", wild)
    flat = topology.mean * [1.0, 1.0, 0.0] * 1e-4
    for bad, field in (
        (FaceOrder(wild, good.views, "1"), "geometry.points"),
        (FaceOrder(topology.mean * 5.0, good.views, "1"), "geometry.points"),
        (FaceOrder(flat, good.views, "1"), "geometry.points"),
        (FaceOrder(topology.mean, [*good.views, seen], "1"), "views[1].points"),
    ):
        with pytest.raises(NotAFace) as refused:
            bad.check()
        assert [fault.field for fault in refused.value.faults] == [field]
