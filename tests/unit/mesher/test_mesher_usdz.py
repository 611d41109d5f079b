"""The written package, opened by USD itself and judged by its validators."""

from __future__ import annotations

import json
import multiprocessing
import zipfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pxr import Usd, UsdGeom, UsdShade, UsdValidation

from services.mesher.adapters import archive
from services.mesher.adapters.usdz import UsdzWriter
from services.mesher.domain.model import FileFormat, FileOptions, Material, Part, Rig, Scene

OPTIONS = FileOptions(FileFormat.USDZ)


@pytest.fixture(scope="module")
def usdz(dressed: Scene) -> bytes:
    return UsdzWriter().write(dressed, OPTIONS)


@pytest.fixture(scope="module")
def path(usdz: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("usdz") / "avatar.usdz"
    path.write_bytes(usdz)
    return path


def complaints(path: Path) -> list[str]:
    """What all of USD's validators find in a package."""
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    context = UsdValidation.ValidationContext(validators)
    return [error.GetMessage() for error in context.Validate(Usd.Stage.Open(str(path)))]


def test_the_stage_is_in_metres_with_y_up_and_says_where_it_comes_from(path: Path) -> None:
    stage = Usd.Stage.Open(str(path))
    assert UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    root = stage.GetDefaultPrim()
    assert json.loads(root.GetCustomDataByKey("provenance")) == {"modelVersion": "test"}
    box = UsdGeom.BBoxCache(Usd.TimeCode.Default(), [UsdGeom.Tokens.default_]).ComputeWorldBound(root)
    assert box.GetRange().GetMin()[1] == pytest.approx(0.0, abs=1e-6)


def test_every_vertex_and_every_face_come_back(path: Path, dressed: Scene) -> None:
    stage = Usd.Stage.Open(str(path))
    meshes = {prim.GetDisplayName(): prim for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)}
    assert set(meshes) == {"body", "eyes", "lashes", "teeth", "tongue", "dress", "hair"}
    for part in dressed.parts:
        prim = meshes[part.name]
        mesh = UsdGeom.Mesh(prim)
        np.testing.assert_array_equal(mesh.GetPointsAttr().Get(), part.positions)
        np.testing.assert_array_equal(mesh.GetNormalsAttr().Get(), part.normals)
        faces = np.array(mesh.GetFaceVertexIndicesAttr().Get()).reshape(-1, 3)
        np.testing.assert_array_equal(faces, part.triangles)
        assert set(mesh.GetFaceVertexCountsAttr().Get()) == {3}
        assert len(mesh.GetFaceVertexCountsAttr().Get()) == len(part.triangles)
        assert mesh.GetSubdivisionSchemeAttr().Get() == UsdGeom.Tokens.none
        extent = [part.positions.min(axis=0), part.positions.max(axis=0)]
        np.testing.assert_array_equal(mesh.GetExtentAttr().Get(), extent)
        assert (prim.GetCustomDataByKey("licence"), prim.GetCustomDataByKey("source")) == (
            part.licence,
            part.source,
        )


def test_pictures_are_the_right_way_up_and_colours_are_light(path: Path, dressed: Scene) -> None:
    stage = Usd.Stage.Open(str(path))
    body, *_, hair = dressed.parts
    assert body.uv is not None
    assert hair.colors is not None
    st = UsdGeom.PrimvarsAPI(stage.GetPrimAtPath("/Avatar/body")).GetPrimvar("st").Get()
    np.testing.assert_allclose(np.array(st), body.uv * [1, -1] + [0, 1], atol=1e-7)
    shown = UsdGeom.PrimvarsAPI(stage.GetPrimAtPath("/Avatar/hair")).GetPrimvar("displayColor").Get()
    np.testing.assert_allclose(np.array(shown), hair.colors[:, :3] / 255 * hair.material.color, atol=1e-7)


def test_a_material_is_bound_to_each_mesh(path: Path, dressed: Scene) -> None:
    stage = Usd.Stage.Open(str(path))
    for part in dressed.parts:
        prim = stage.GetPrimAtPath(f"/Avatar/{part.name}")
        assert UsdGeom.Mesh(prim).GetDoubleSidedAttr().Get() == part.material.double_sided
        bound, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
        surface, *_ = bound.ComputeSurfaceSource()
        assert surface.GetInput("roughness").Get() == pytest.approx(part.material.roughness)
        diffuse = surface.GetInput("diffuseColor")
        if part.material.texture is None and part.colors is None:
            assert diffuse.Get() == pytest.approx(part.material.color)
            continue
        source = UsdShade.Shader(diffuse.GetConnectedSources()[0][0].source.GetPrim())
        if part.material.texture is None:
            assert source.GetInput("varname").Get() == "displayColor"
        else:
            assert source.GetInput("scale").Get() == pytest.approx((*part.material.color, 1.0))
            assert source.GetInput("file").Get().resolvedPath.endswith(f"[textures/{part.name}.png]")


def test_usd_finds_nothing_to_complain_of(path: Path) -> None:
    assert complaints(path) == []


def test_usd_would_complain_of_a_picture_that_is_not_there(path: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(path) as good:
        layer = good.read("avatar.usdc")
    robbed = tmp_path / "avatar.usdz"
    robbed.write_bytes(archive.aligned({"avatar.usdc": layer}))
    assert {message for message in complaints(robbed) if "textures/body.png" in message}


def test_files_begin_at_multiples_of_64_bytes_and_are_stored(usdz: bytes, path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        contents = [archive.read(entry) for entry in entries]
    assert [entry.filename for entry in entries] == [
        "avatar.usdc",
        "textures/body.png",
        "textures/eyes.png",
    ]
    starts = [usdz.index(content) for content in contents]
    assert [start % 64 for start in starts] == [0, 0, 0]


def test_parts_of_one_name_stay_apart(tmp_path: Path) -> None:
    scene = Scene([_triangle("coat-1", 0.0), _triangle("coat 1", 1.0)], _NO_RIG, {})
    path = tmp_path / "avatar.usdz"
    path.write_bytes(UsdzWriter().write(scene, OPTIONS))
    stage = Usd.Stage.Open(str(path))
    meshes = [UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)]
    assert [mesh.GetPrim().GetDisplayName() for mesh in meshes] == ["coat-1", "coat 1"]
    assert [mesh.GetPointsAttr().Get()[0][0] for mesh in meshes] == [0.0, 1.0]


def test_threads_do_not_disturb_each_other(usdz: bytes, dressed: Scene) -> None:
    shifted = Scene([replace(part, positions=part.positions + 1) for part in dressed.parts], dressed.rig, {})
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(lambda scene: UsdzWriter().write(scene, OPTIONS), [dressed, shifted] * 4))
    assert set(written[::2]) == {usdz}
    assert len(set(written[1::2])) == 1
    assert written[1] != usdz


def test_another_process_writes_the_same_bytes(usdz: bytes, dressed: Scene) -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(UsdzWriter().write, dressed, OPTIONS).result() == usdz


_NO_RIG = Rig((), (), np.zeros((0, 3), np.float32))


def _triangle(name: str, x: float) -> Part:
    return Part(
        name=name,
        positions=np.array([[x, 0, 0], [x + 1, 0, 0], [x, 1, 0]], np.float32),
        normals=np.tile(np.array([0, 0, 1], np.float32), (3, 1)),
        triangles=np.array([[0, 1, 2]]),
        joints=np.zeros((3, 4), np.uint8),
        weights=np.zeros((3, 4), np.uint8),
        material=Material(name, (0.2, 0.3, 0.4), 0.5),
        licence="CC0-1.0",
        source="drawn here",
    )
