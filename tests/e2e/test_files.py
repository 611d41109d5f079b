"""Every file of an avatar, through six processes, read back by somebody else's reader."""

from __future__ import annotations

import io
import itertools
import struct
import zipfile
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import trimesh
from pxr import Usd, UsdGeom

from bodymodel.expressions import ARKIT, EXPRESSIONS, VISEMES
from tests.e2e.glb import binary, document, validated
from tests.e2e.test_main_way import DRAFT, WOMAN, worn

STATURE_M = WOMAN["stature"] / 1000
READY_PLAYER_ME = (
    "quality=medium&morphTargets=ARKit,Oculus%20Visemes&useMeshOptCompression=true&textureAtlas=1024&pose=A"
)
MEDIA_TYPES = {
    "glb": "model/gltf-binary",
    "vrm": "model/gltf-binary",
    "usdz": "model/vnd.usdz+zip",
    "obj": "application/zip",
    "ply": "model/ply",
    "stl": "model/stl",
}


@pytest.fixture(scope="module")
def avatar(ada: httpx.Client) -> dict[str, Any]:
    """Somebody in a dress, with hair."""
    draft = DRAFT | {"outfit": worn(ada, "dress"), "look": {"skin": "tone-06", "hairstyle": "bob"}}
    made: dict[str, Any] = ada.post("/v1/avatars", json=draft).raise_for_status().json()
    return made


class Shelf:
    """The avatar's files."""

    def __init__(self, client: httpx.Client, avatar: dict[str, Any]) -> None:
        self._client = client
        self._links = avatar["links"]

    def answer(self, format: str, query: str = "") -> httpx.Response:
        return self._client.get(f"{self._links[format]}?{query}")

    def __call__(self, format: str, query: str = "") -> bytes:
        answer = self.answer(format, query)
        assert answer.status_code == 200, answer.text
        return answer.content


@pytest.fixture(scope="module")
def files(ada: httpx.Client, avatar: dict[str, Any]) -> Shelf:
    return Shelf(ada, avatar)


def triangles(glb: bytes) -> int:
    described = document(glb)
    indices = [part["indices"] for mesh in described["meshes"] for part in mesh["primitives"]]
    return sum(described["accessors"][index]["count"] // 3 for index in indices)


def target_names(glb: bytes) -> set[tuple[str, ...]]:
    """The lists of face shapes on the meshes that have any."""
    meshes = document(glb)["meshes"]
    return {tuple(mesh["extras"]["targetNames"]) for mesh in meshes if "targets" in mesh["primitives"][0]}


def picture_sizes(glb: bytes) -> set[tuple[int, int]]:
    described, data = document(glb), binary(glb)
    sizes = set()
    for image in described.get("images", []):
        start = described["bufferViews"][image["bufferView"]].get("byteOffset", 0)
        assert data[start + 1 : start + 4] == b"PNG"
        sizes.add(struct.unpack_from(">II", data, start + 16))
    return sizes


@pytest.mark.parametrize("format", MEDIA_TYPES)
def test_a_format_keeps_its_name_its_type_and_its_bytes(files: Shelf, format: str) -> None:
    first, second = files.answer(format), files.answer(format)
    assert first.status_code == 200, first.text
    assert first.headers["content-type"] == MEDIA_TYPES[format]
    assert first.headers["etag"] == second.headers["etag"]
    assert first.content == second.content
    extension = "zip" if format == "obj" else format
    assert first.headers["content-disposition"].endswith(f'.{extension}"')


@pytest.mark.parametrize(
    ("format", "query"),
    [
        ("glb", "pose=T"),
        ("glb", "lod=3"),
        ("glb", "parts=body&lod=2&morphTargets=Oculus%20Visemes"),
        ("glb", "morphTargets=ARKit&textureSize=256"),
        ("glb", "textureAtlas=512&morphTargets=jawOpen,eyeBlinkLeft"),
        ("vrm", ""),
        ("vrm", "lod=1&textureSize=512"),
    ],
)
def test_gltf_variants_are_valid(files: Shelf, tmp_path: Path, format: str, query: str) -> None:
    file = tmp_path / "avatar.glb"
    file.write_bytes(files(format, query))
    issues = validated(file)["issues"]
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"][:5]


def test_levels_of_detail_thin_out(files: Shelf) -> None:
    counts = [triangles(files("glb", f"lod={lod}")) for lod in range(4)]
    ratios = [finer / coarser for finer, coarser in itertools.pairwise(counts)]
    assert all(ratio > 1.5 for ratio in ratios), counts
    assert triangles(files("glb", "meshLod=2")) == counts[2]
    bodies = [triangles(files("glb", f"parts=body&lod={lod}")) for lod in range(4)]
    assert all(body < whole for body, whole in zip(bodies, counts, strict=True))


@pytest.mark.parametrize("lod", range(4))
def test_a_coarser_body_is_as_tall(files: Shelf, lod: int) -> None:
    body = trimesh.load_scene(io.BytesIO(files("glb", f"parts=body&lod={lod}")), file_type="glb").geometry[
        "body"
    ]
    assert body.bounds[0][1] == pytest.approx(0, abs=2e-3)
    assert body.bounds[1][1] == pytest.approx(STATURE_M, abs=2e-3)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("none", set()),
        ("ARKit", {ARKIT}),
        ("Oculus%20Visemes", {VISEMES}),
        ("Oculus+Visemes,ARKit", {EXPRESSIONS}),
        ("viseme_aa,jawOpen", {("jawOpen", "viseme_aa")}),
    ],
)
def test_face_shapes_are_those_that_were_named(
    files: Shelf, names: str, expected: set[tuple[str, ...]]
) -> None:
    assert target_names(files("glb", f"morphTargets={names}")) == expected


def test_arms_are_raised_in_t_pose(files: Shelf) -> None:
    def span_m(query: str) -> float:
        scene = trimesh.load_scene(io.BytesIO(files("glb", f"parts=body&{query}")), file_type="glb")
        return float(np.ptp(scene.geometry["body"].vertices[:, 0]))

    assert span_m("pose=T") > span_m("pose=A") + 0.2
    assert files("glb", "parts=body&pose=A") == files("glb", "parts=body")


@pytest.mark.parametrize(
    ("compression", "extension", "flag"),
    [
        ("meshopt", "EXT_meshopt_compression", "useMeshOptCompression"),
        ("draco", "KHR_draco_mesh_compression", "useDracoMeshCompression"),
    ],
)
def test_compressed_files_are_smaller_and_say_what_they_need(
    files: Shelf, compression: str, extension: str, flag: str
) -> None:
    small = files("glb", f"compression={compression}")
    assert extension in document(small)["extensionsRequired"]
    assert len(small) < len(files("glb")) / 2
    assert files("glb", f"{flag}=true") == small


def test_pictures_have_the_size_that_was_asked_for(files: Shelf) -> None:
    assert max(max(size) for size in picture_sizes(files("glb"))) > 256
    assert {max(size) for size in picture_sizes(files("glb", "textureSize=256"))} == {256}
    atlas = files("glb", "textureAtlas=512")
    assert picture_sizes(atlas) == {(512, 512)}
    assert (len(document(atlas)["meshes"]), len(document(atlas)["materials"])) == (1, 1)
    assert triangles(atlas) == triangles(files("glb"))


def test_a_url_of_ready_player_me_works(files: Shelf) -> None:
    answer = files.answer("glb", READY_PLAYER_ME)
    assert answer.status_code == 200, answer.text
    described = document(answer.content)
    assert "EXT_meshopt_compression" in described["extensionsRequired"]
    assert [mesh["name"] for mesh in described["meshes"]] == ["avatar"]
    assert target_names(answer.content) == {EXPRESSIONS}
    assert picture_sizes(answer.content) == {(1024, 1024)}
    assert triangles(answer.content) == triangles(files("glb", "lod=1"))
    assert files.answer("glb", READY_PLAYER_ME).headers["etag"] == answer.headers["etag"]


def test_a_vrm_is_a_humanoid_in_t_pose(files: Shelf) -> None:
    described = document(files("vrm"))
    vrm = described["extensions"]["VRMC_vrm"]
    assert vrm["specVersion"] == "1.0"
    bones = vrm["humanoid"]["humanBones"]
    assert {"hips", "spine", "head", "leftUpperArm", "rightLowerLeg", "leftFoot"} <= bones.keys()
    assert {"happy", "aa", "blink"} <= vrm["expressions"]["preset"].keys()
    heads = {name: described["nodes"][bone["node"]] for name, bone in bones.items()}
    assert heads["leftHand"]["name"] == "LeftHand"
    assert vrm["meta"]["licenseUrl"] == "https://vrm.dev/licenses/1.0/"


def test_a_usdz_opens_at_its_true_size(files: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "avatar.usdz"
    path.write_bytes(files("usdz", "parts=body"))
    with zipfile.ZipFile(path) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
    stage = Usd.Stage.Open(str(path))
    assert UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    box = UsdGeom.BBoxCache(Usd.TimeCode.Default(), [UsdGeom.Tokens.default_]).ComputeWorldBound(
        stage.GetPseudoRoot()
    )
    extent = box.ComputeAlignedRange()
    assert extent.GetMin()[1] == pytest.approx(0, abs=1e-3)
    assert extent.GetMax()[1] == pytest.approx(STATURE_M, abs=1e-3)


def test_an_obj_is_an_archive_with_its_materials_and_pictures(files: Shelf, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(files("obj"))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        archive.extractall(tmp_path)
    assert {"avatar.obj", "avatar.mtl"} <= set(names)
    assert any(name.startswith("textures/") for name in names)
    scene = trimesh.load_scene(tmp_path / "avatar.obj")
    assert sum(len(mesh.faces) for mesh in scene.geometry.values()) == triangles(files("glb"))


@pytest.mark.parametrize(("format", "metres"), [("ply", 1.0), ("stl", 0.001)])
def test_plain_formats_hold_the_body_as_it_was_measured(
    files: Shelf, avatar: dict[str, Any], format: str, metres: float
) -> None:
    scene = trimesh.load_scene(io.BytesIO(files(format, "parts=body")), file_type=format)
    (body,) = scene.geometry.values()
    assert body.bounds[0][1] * metres == pytest.approx(0, abs=1e-4)
    assert body.bounds[1][1] * metres == pytest.approx(STATURE_M, abs=1e-3)
    # Eyes and mouth are in the file too.
    assert body.volume * metres**3 * 1000 == pytest.approx(avatar["receipt"]["volumeL"], rel=0.01)


@pytest.mark.parametrize(
    ("file", "fields"),
    [
        ("glb?lod=9", {"lod"}),
        ("glb?size=512", {"size"}),
        ("glb?lod=1&meshLod=2", {"lod", "meshLod"}),
        (
            "glb?useMeshOptCompression=true&useDracoMeshCompression=true",
            {"useMeshOptCompression", "useDracoMeshCompression"},
        ),
        ("glb?morphTargets=arkit", {"morphTargets"}),
        ("vrm?pose=A", {"pose"}),
        ("usdz?compression=draco", {"compression"}),
        ("stl?morphTargets=ARKit", {"morphTargets"}),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_name(
    ada: httpx.Client, avatar: dict[str, Any], file: str, fields: set[str]
) -> None:
    answer = ada.get(f"{avatar['links']['self']}.{file}")
    assert answer.status_code == 400, answer.text
    assert {detail["field"] for detail in answer.json()["details"]} == fields
    assert all(detail["limit"] for detail in answer.json()["details"])


@pytest.mark.attack("A38")
def test_somebody_else_gets_no_file(eve: httpx.Client, avatar: dict[str, Any]) -> None:
    assert {eve.get(avatar["links"][format]).status_code for format in MEDIA_TYPES} == {404}


def test_other_clothes_are_in_every_file(ada: httpx.Client) -> None:
    made = ada.post("/v1/avatars", json=DRAFT).raise_for_status().json()
    files = Shelf(ada, made)
    naked = {format: files(format) for format in MEDIA_TYPES}
    ada.patch(made["links"]["self"], json={"outfit": worn(ada, "trousers")}).raise_for_status()
    dressed = {format: files(format) for format in MEDIA_TYPES}
    assert all(naked[format] != dressed[format] for format in MEDIA_TYPES)
