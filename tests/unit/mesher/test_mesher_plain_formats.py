"""OBJ, PLY and STL, read back by trimesh."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import trimesh
from trimesh.resolvers import ZipResolver

from services.mesher.adapters.obj import ObjWriter
from services.mesher.adapters.ply import PlyWriter
from services.mesher.adapters.stl import StlWriter
from services.mesher.domain.body import Body
from services.mesher.domain.model import Appearance, FileFormat, FileOptions, HairPattern, Part, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.ports import Writer

WRITERS: dict[FileFormat, Writer] = {
    FileFormat.OBJ: ObjWriter(),
    FileFormat.PLY: PlyWriter(),
    FileFormat.STL: StlWriter(),
}
PARTS = ("body", "eyes", "lashes", "teeth", "tongue", "dress", "hair")
MICROMETRE = 1e-6


def write(scene: Scene, format: FileFormat) -> bytes:
    return WRITERS[format].write(scene, FileOptions(format))


def corners(parts: Sequence[Part]) -> np.ndarray:
    """(m, 3, 3) the corners of all triangles, in their order."""
    return np.concatenate([part.positions[part.triangles] for part in parts])


@pytest.fixture(scope="module")
def obj(dressed: Scene) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(write(dressed, FileFormat.OBJ)))


@pytest.mark.parametrize("format", WRITERS, ids=lambda format: format.value)
def test_the_same_scene_gives_the_same_bytes(dressed: Scene, format: FileFormat) -> None:
    first = write(dressed, format)
    assert write(dressed, format) == first
    raised = Scene([replace(part, positions=part.positions + 1) for part in dressed.parts], dressed.rig, {})
    assert write(raised, format) != first


def test_obj_comes_back(obj: zipfile.ZipFile, dressed: Scene) -> None:
    materials = ZipResolver({"avatar.mtl": io.BytesIO(obj.read("avatar.mtl"))})
    text = io.BytesIO(obj.read("avatar.obj"))
    read: Any = trimesh.load_scene(text, file_type="obj", resolver=materials, process=False)
    assert set(read.geometry) == set(PARTS)
    for part in dressed.parts:
        mesh = read.geometry[part.name]
        np.testing.assert_allclose(mesh.triangles, corners([part]), rtol=0, atol=MICROMETRE)
        if part.uv is not None:
            from_below = part.uv[part.triangles] * [1, -1] + [0, 1]
            np.testing.assert_allclose(mesh.visual.uv[mesh.faces], from_below, rtol=0, atol=MICROMETRE)
        read_normals = mesh.vertex_normals[mesh.faces]
        np.testing.assert_allclose(read_normals, part.normals[part.triangles], rtol=0, atol=2e-6)


def test_obj_says_colours_beside_positions(obj: zipfile.ZipFile, dressed: Scene) -> None:
    lines = obj.read("avatar.obj").decode().splitlines()
    coloured = np.array(
        [line.split()[4:] for line in lines if line.startswith("v ") and line.count(" ") == 6], float
    )
    colors = np.concatenate([part.colors for part in dressed.parts if part.colors is not None])
    light = np.where(coloured <= 0.04045, coloured / 12.92, ((coloured + 0.055) / 1.055) ** 2.4)
    np.testing.assert_allclose(light, colors[:, :3] / 255, rtol=0, atol=2e-4)


def test_obj_names_licences_materials_and_pictures(obj: zipfile.ZipFile, dressed: Scene) -> None:
    assert obj.testzip() is None
    assert obj.namelist() == ["avatar.obj", "avatar.mtl", "textures/body.png", "textures/eyes.png"]
    lines = obj.read("avatar.obj").decode().splitlines()
    groups = [line.removeprefix("g ") for line in lines if line.startswith("g ")]
    used = [line.removeprefix("usemtl ") for line in lines if line.startswith("usemtl ")]
    assert groups == used == list(PARTS)
    told = [
        json.loads(lines[at - 1].removeprefix("# ")) for at, line in enumerate(lines) if line.startswith("g ")
    ]
    assert told == [{"licence": part.licence, "source": part.source} for part in dressed.parts]
    materials = obj.read("avatar.mtl").decode().split("newmtl ")[1:]
    assert [material.split("\n", 1)[0] for material in materials] == list(PARTS)
    mapped = [line.removeprefix("map_Kd ") for line in "".join(materials).splitlines() if "map_Kd" in line]
    assert mapped == ["textures/body.png", "textures/eyes.png"]
    # `#d7a98c` is what the skin was ordered in.
    assert "Kd 0.843137 0.662745 0.549020\n" in materials[0]


def test_ply_comes_back(dressed: Scene) -> None:
    data = write(dressed, FileFormat.PLY)
    mesh: Any = trimesh.load_scene(io.BytesIO(data), file_type="ply", process=False).geometry.popitem()[1]
    np.testing.assert_array_equal(mesh.triangles, corners(dressed.parts))
    vertex = mesh.metadata["_ply_raw"]["vertex"]["data"]
    normals = np.stack([vertex["nx"], vertex["ny"], vertex["nz"]], axis=1)
    np.testing.assert_array_equal(normals, np.concatenate([part.normals for part in dressed.parts]))
    body = dressed.parts[0]
    assert body.uv is not None
    shown = np.stack([vertex["s"], vertex["t"]], axis=1)[: len(body.uv)]
    np.testing.assert_allclose(shown, body.uv * [1, -1] + [0, 1], rtol=0, atol=MICROMETRE)


def test_ply_shows_what_the_materials_show(dressed: Scene) -> None:
    data = write(dressed, FileFormat.PLY)
    mesh: Any = trimesh.load_scene(io.BytesIO(data), file_type="ply", process=False).geometry.popitem()[1]
    vertex = mesh.metadata["_ply_raw"]["vertex"]["data"]
    colors = np.stack([vertex["red"], vertex["green"], vertex["blue"]], axis=1)
    names = np.repeat(PARTS, [len(part.positions) for part in dressed.parts])
    skin = colors[names == "body"]
    assert tuple(np.median(skin, axis=0)) == (0xD7, 0xA9, 0x8C)
    assert (skin.sum(axis=1) < 0.75 * (0xD7 + 0xA9 + 0x8C)).any(), "lips and brows are painted"
    assert set(map(tuple, colors[names == "dress"].tolist())) == {(0x41, 0x59, 0x7D)}
    assert len(np.unique(colors[names == "hair"], axis=0)) > 10


def test_ply_comments_name_the_licence_of_each_range_of_faces(dressed: Scene) -> None:
    header = write(dressed, FileFormat.PLY).split(b"end_header")[0].decode("ascii")
    told = [line.split(" ", 5) for line in header.splitlines() if line.startswith("comment faces ")]
    ends = np.cumsum([len(part.triangles) for part in dressed.parts])
    assert [int(words[4]) + 1 for words in told] == ends.tolist()
    assert [json.loads(words[5]) for words in told] == [
        {"name": part.name, "licence": part.licence, "source": part.source} for part in dressed.parts
    ]


def test_stl_comes_back_in_millimetres(dressed: Scene) -> None:
    data = write(dressed, FileFormat.STL)
    assert not data.startswith(b"solid")
    assert b"UNITS=mm" in data[:80]
    assert len(data) == 84 + 50 * struct.unpack_from("<I", data, 80)[0]
    mesh: Any = trimesh.load_mesh(io.BytesIO(data), file_type="stl", process=False)
    np.testing.assert_allclose(mesh.triangles / 1000, corners(dressed.parts), rtol=0, atol=MICROMETRE)


def test_stl_normals_point_where_the_corners_turn(dressed: Scene) -> None:
    data = write(dressed, FileFormat.STL)
    facets = np.frombuffer(data, np.dtype([("floats", "<f4", 12), ("end", "<u2")]), offset=84)["floats"]
    turned = np.cross(facets[:, 6:9] - facets[:, 3:6], facets[:, 9:12] - facets[:, 3:6]).astype(float)
    length = np.linalg.norm(turned, axis=1)
    along = np.einsum("fi,fi->f", turned, facets[:, :3]) / np.where(length > 0, length, 1)
    np.testing.assert_allclose(along[length > 1e-2], 1.0, atol=1e-3)


def test_a_body_alone_is_watertight_as_stl(outfitter: Outfitter, mean_body: Body, dressed: Scene) -> None:
    skin = outfitter.bare(mean_body, Appearance("#d7a98c", HairPattern.NONE, "#3b2417"))[0]
    mesh: Any = trimesh.load_mesh(
        io.BytesIO(write(Scene([skin], dressed.rig, {}), FileFormat.STL)), file_type="stl"
    )
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.body_count == 1
    assert 30e6 < mesh.volume < 150e6, "cubic millimetres"
    holed = Scene([replace(skin, triangles=skin.triangles[1:])], dressed.rig, {})
    open_mesh: Any = trimesh.load_mesh(io.BytesIO(write(holed, FileFormat.STL)), file_type="stl")
    assert not open_mesh.is_watertight
