"""glTF 2.0 binary files of skinned, unposed meshes: NumPy and the standard library only, same input same bytes."""

from __future__ import annotations

import functools
import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.mesher.adapters import png
from services.mesher.domain.model import FileOptions, Material, Part, Rig, Scene
from services.mesher.domain.paint import Texture

# Pictures are few and live as long as the process: encoding the face takes 60 ms.
_png = functools.lru_cache(maxsize=16)(png.encode)

_COMPONENT = {"f4": 5126, "u1": 5121, "u2": 5123, "u4": 5125}
_SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
_VERTEX_DATA = 34962
_INDEX_DATA = 34963
# The highest 16-bit index restarts a strip on some hardware, so glTF forbids it.
_MAX_SHORT_VERTICES = 65_535


class _Document:
    """A glTF document that grows buffer views and accessors in the order of the calls."""

    def __init__(self) -> None:
        self.binary = bytearray()
        self.lists: dict[str, list[dict[str, Any]]] = {}

    def add(self, kind: str, item: dict[str, Any]) -> int:
        """Append to one of the document's lists; gives the index."""
        items = self.lists.setdefault(kind, [])
        items.append(item)
        return len(items) - 1

    def view(self, data: bytes, target: int | None = None) -> int:
        """Append bytes, padded to four."""
        entry: dict[str, Any] = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)}
        if target is not None:
            entry["target"] = target
        self.binary += data + b"\0" * (-len(data) % 4)
        return self.add("bufferViews", entry)

    def accessor(
        self,
        values: NDArray[Any],
        target: int | None = None,
        *,
        bounds: bool = False,
        normalized: bool = False,
    ) -> int:
        """Append an array (n,) or (n, k) in its own type, little-endian."""
        packed = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        width = 1 if packed.ndim == 1 else packed.shape[1]
        entry: dict[str, Any] = {
            "bufferView": self.view(packed.tobytes(), target),
            "componentType": _COMPONENT[packed.dtype.str[1:]],
            "count": len(packed),
            "type": _SHAPES[width],
        }
        if bounds:
            entry["min"] = packed.min(axis=0).tolist()
            entry["max"] = packed.max(axis=0).tolist()
        if normalized:
            entry["normalized"] = True
        return self.add("accessors", entry)


class GlbWriter:
    """One mesh, node and material per part, all bound to one skin.

    Bone names are Mixamo's without the `mixamorig:` prefix, as glTF tools and retargeting maps of the web expect.
    """

    media_type = "model/gltf-binary"

    def write(self, scene: Scene, options: FileOptions) -> bytes:
        """The whole file; the scene's extras and each part's provenance go to `asset.extras`."""
        document = _Document()
        _skin(document, scene.rig)
        roots = [0]
        textures: dict[Texture, int] = {}
        for part in scene.parts:
            mesh = document.add(
                "meshes", {"name": part.name, "primitives": [_primitive(document, part, textures)]}
            )
            roots.append(document.add("nodes", {"name": part.name, "mesh": mesh, "skin": 0}))
        asset = {
            "version": "2.0",
            "generator": "Atelier mesher",
            "extras": {**scene.extras, "parts": _provenance(scene.parts)},
        }
        content = {"asset": asset, "scene": 0, "scenes": [{"nodes": roots}], **document.lists}
        content["buffers"] = [{"byteLength": len(document.binary)}]
        return _container(content, bytes(document.binary))


def _container(content: Mapping[str, Any], binary: bytes) -> bytes:
    text = json.dumps(content, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    total = 12 + 8 + len(text) + 8 + len(binary)
    header = struct.pack("<4sII", b"glTF", 2, total)
    return b"".join(
        [
            header,
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(binary), b"BIN\0"),
            binary,
        ]
    )


def _provenance(parts: Sequence[Part]) -> list[dict[str, str]]:
    return [{"name": part.name, "licence": part.licence, "source": part.source} for part in parts]


def _skin(document: _Document, rig: Rig) -> None:
    """Bones become nodes 0..B-1; the root must be the first."""
    heads = rig.heads.astype(np.float64)
    for bone, (name, parent) in enumerate(zip(rig.bones, rig.parents, strict=True)):
        offset = heads[bone] - (heads[parent] if parent >= 0 else 0.0)
        node: dict[str, Any] = {"name": name, "translation": [round(float(value), 7) for value in offset]}
        children = [child for child, its_parent in enumerate(rig.parents) if its_parent == bone]
        if children:
            node["children"] = children
        document.add("nodes", node)
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(heads), 1, 1))
    inverse[:, 3, :3] = -rig.heads  # column-major: the translation is the last row here
    matrices = document.accessor(inverse.reshape(-1, 16))
    document.add("skins", {"joints": list(range(len(heads))), "inverseBindMatrices": matrices, "skeleton": 0})


def _primitive(document: _Document, part: Part, textures: dict[Texture, int]) -> dict[str, Any]:
    attributes = {
        "POSITION": document.accessor(part.positions, _VERTEX_DATA, bounds=True),
        "NORMAL": document.accessor(part.normals, _VERTEX_DATA),
        "JOINTS_0": document.accessor(part.joints, _VERTEX_DATA),
        "WEIGHTS_0": document.accessor(part.weights, _VERTEX_DATA, normalized=True),
    }
    if part.uv is not None:
        attributes["TEXCOORD_0"] = document.accessor(part.uv, _VERTEX_DATA)
    if part.colors is not None:
        attributes["COLOR_0"] = document.accessor(part.colors, _VERTEX_DATA, normalized=True)
    index_type = np.uint16 if len(part.positions) <= _MAX_SHORT_VERTICES else np.uint32
    indices = document.accessor(part.triangles.ravel().astype(index_type), _INDEX_DATA)
    return {
        "attributes": attributes,
        "indices": indices,
        "material": _material(document, part.material, textures),
    }


def _material(document: _Document, material: Material, textures: dict[Texture, int]) -> int:
    surface: dict[str, Any] = {
        "baseColorFactor": [*(round(value, 6) for value in material.color), 1.0],
        "metallicFactor": 0.0,
        "roughnessFactor": material.roughness,
    }
    entry: dict[str, Any] = {"name": material.name, "pbrMetallicRoughness": surface}
    if material.texture is not None:
        surface["baseColorTexture"] = {"index": _texture(document, material.texture, textures)}
    if material.double_sided:
        entry["doubleSided"] = True
    return document.add("materials", entry)


def _texture(document: _Document, texture: Texture, textures: dict[Texture, int]) -> int:
    """Index of the texture; each picture is stored once."""
    if texture not in textures:
        image = document.add("images", {"bufferView": document.view(_png(texture)), "mimeType": "image/png"})
        if "samplers" not in document.lists:
            document.add("samplers", {"magFilter": 9729, "minFilter": 9987})
        textures[texture] = document.add("textures", {"source": image, "sampler": 0})
    return textures[texture]
