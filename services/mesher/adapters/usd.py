"""The scene as a USD layer in its binary form, `usdc`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pxr import Sdf, Tf, Usd, UsdGeom, UsdShade, Vt

from services.mesher.domain.model import Material, Part, Scene
from services.mesher.domain.paint import Texture

_ROOT = Sdf.Path("/Avatar")
_MATERIALS = _ROOT.AppendChild("Materials")
_TYPES = Sdf.ValueTypeNames


def layer(scene: Scene, files: Mapping[Texture, str]) -> bytes:
    """One mesh and one material for each part; pictures are referred to by their paths in `files`."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    root = UsdGeom.Xform.Define(stage, _ROOT).GetPrim()
    stage.SetDefaultPrim(root)
    Usd.ModelAPI(root).SetKind("component")
    root.SetCustomDataByKey("provenance", json.dumps(dict(scene.extras)))
    UsdGeom.Scope.Define(stage, _MATERIALS)
    for name, part in zip(_prim_names(scene.parts), scene.parts, strict=True):
        mesh = _mesh(stage, _ROOT.AppendChild(name), part)
        material = _material(stage, _MATERIALS.AppendChild(name), part, files)
        UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(material)
    return _binary(stage.GetRootLayer())


def _prim_names(parts: Sequence[Part]) -> list[str]:
    """A valid prim name for each part; USD would make one prim of two that are named alike."""
    names: list[str] = []
    for part in parts:
        name = Tf.MakeValidIdentifier(part.name)
        names.append(name if name not in names else f"{name}_{len(names)}")
    return names


def _mesh(stage: Usd.Stage, path: Sdf.Path, part: Part) -> UsdGeom.Mesh:
    mesh = UsdGeom.Mesh.Define(stage, path)
    prim = mesh.GetPrim()
    prim.SetDisplayName(part.name)
    prim.SetCustomDataByKey("licence", part.licence)
    prim.SetCustomDataByKey("source", part.source)
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateDoubleSidedAttr(part.material.double_sided)
    mesh.CreatePointsAttr(_vectors(part.positions))
    mesh.CreateExtentAttr(_vectors(np.stack([part.positions.min(axis=0), part.positions.max(axis=0)])))
    mesh.CreateNormalsAttr(_vectors(part.normals))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    mesh.CreateFaceVertexCountsAttr(_integers(np.full(len(part.triangles), 3)))
    mesh.CreateFaceVertexIndicesAttr(_integers(part.triangles.ravel()))
    if part.uv is not None:
        flipped = np.stack([part.uv[:, 0], 1.0 - part.uv[:, 1]], axis=1)
        primvar = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar("st", _TYPES.TexCoord2fArray, UsdGeom.Tokens.vertex)
        primvar.Set(Vt.Vec2fArray.FromNumpy(np.ascontiguousarray(flipped, np.float32)))
    if part.colors is not None:
        light = part.colors[:, :3] / 255.0 * part.material.color
        mesh.CreateDisplayColorPrimvar(UsdGeom.Tokens.vertex).Set(_vectors(light))
    return mesh


def _material(
    stage: Usd.Stage, path: Sdf.Path, part: Part, files: Mapping[Texture, str]
) -> UsdShade.Material:
    """A surface whose colour is the picture's times the material's, the vertices', or plainly the material's."""
    material = UsdShade.Material.Define(stage, path)
    surface = _shader(stage, path.AppendChild("Surface"), "UsdPreviewSurface")
    surface.CreateInput("roughness", _TYPES.Float).Set(part.material.roughness)
    surface.CreateInput("metallic", _TYPES.Float).Set(0.0)
    diffuse = surface.CreateInput("diffuseColor", _TYPES.Color3f)
    if part.material.texture is not None:
        diffuse.ConnectToSource(_picture(stage, path, part.material, files[part.material.texture]))
    elif part.colors is not None:
        diffuse.ConnectToSource(_primvar(stage, path, "displayColor", _TYPES.Float3, part.material.color))
    else:
        diffuse.Set(part.material.color)
    material.CreateSurfaceOutput().ConnectToSource(surface.CreateOutput("surface", _TYPES.Token))
    return material


def _picture(stage: Usd.Stage, path: Sdf.Path, material: Material, file: str) -> UsdShade.Output:
    """The texture's colour; its scale is applied to light, after sRGB is decoded, as glTF multiplies its factor."""
    texture = _shader(stage, path.AppendChild("Picture"), "UsdUVTexture")
    texture.CreateInput("file", _TYPES.Asset).Set(file)
    texture.CreateInput("sourceColorSpace", _TYPES.Token).Set("sRGB")
    texture.CreateInput("wrapS", _TYPES.Token).Set("repeat")
    texture.CreateInput("wrapT", _TYPES.Token).Set("repeat")
    texture.CreateInput("scale", _TYPES.Float4).Set((*material.color, 1.0))
    texture.CreateInput("st", _TYPES.Float2).ConnectToSource(
        _primvar(stage, path, "st", _TYPES.Float2, (0.0, 0.0))
    )
    return texture.CreateOutput("rgb", _TYPES.Float3)


def _primvar(
    stage: Usd.Stage, path: Sdf.Path, name: str, kind: Sdf.ValueTypeName, fallback: tuple[float, ...]
) -> UsdShade.Output:
    """What a mesh's primvar says at the shaded point."""
    reader = _shader(stage, path.AppendChild(f"Reads_{name}"), f"UsdPrimvarReader_{kind}")
    reader.CreateInput("varname", _TYPES.String).Set(name)
    reader.CreateInput("fallback", kind).Set(fallback)
    return reader.CreateOutput("result", kind)


def _shader(stage: Usd.Stage, path: Sdf.Path, identifier: str) -> UsdShade.Shader:
    shader = UsdShade.Shader.Define(stage, path)
    shader.CreateIdAttr(identifier)
    return shader


def _vectors(values: NDArray[np.floating]) -> Vt.Vec3fArray:
    """(n, 3) to USD's float vectors."""
    return Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(values, np.float32))


def _integers(values: NDArray[np.integer]) -> Vt.IntArray:
    """(n,) to USD's 32-bit integers."""
    return Vt.IntArray.FromNumpy(np.ascontiguousarray(values, np.int32))


def _binary(content: Sdf.Layer) -> bytes:
    """The layer's file; USD writes `usdc` to named files alone."""
    with tempfile.TemporaryDirectory(prefix="atelier-usd-") as folder:
        path = Path(folder) / "avatar.usdc"
        if not content.Export(str(path)):
            raise OSError(f"USD could not write {path}")
        return path.read_bytes()
