"""EXT_meshopt_compression over KHR_mesh_quantization: small integers, in an order that compresses well.

All meshes share one grid, and the skin's inverse bind matrices carry the way from it to metres, as a skinned mesh
knows no other transform.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import meshoptimizer
import numpy as np

from services.mesher.adapters.gltf import COMPONENT, INDEX_DATA, VERTEX_DATA, Document, described, index_type
from services.mesher.adapters.meshes import attributes_of, zeros
from services.mesher.domain.model import Morph, Part, Scene
from services.mesher.domain.surface import FloatArray, IntArray

_EXTENSION = "EXT_meshopt_compression"
_STEPS = 65_535
_CODEC_VERSION = 0
"""Of vertex data; the extension knows no other."""
_INDEX_VERSION = 1


class MeshoptMeshes:
    """Positions within half a step, 0.02 mm, of what they were; normals within half a degree; skins exact."""

    def __init__(self, document: Document, scene: Scene) -> None:
        self._document = document
        self._unpacked = 0
        document.use(_EXTENSION, required=True)
        document.use("KHR_mesh_quantization", required=True)
        points = np.concatenate([part.positions for part in scene.parts]).astype(np.float64)
        self._origin = points.min(axis=0)
        self._step = float(np.ptp(points, axis=0).max()) / _STEPS
        self.stored_to_metres = np.diag([self._step, self._step, self._step, 1.0])
        self.stored_to_metres[:3, 3] = self._origin

    def primitive(self, part: Part) -> dict[str, Any]:
        """Every accessor reads a compressed view; shapes that leave the mesh alone take no bytes."""
        part = in_drawing_order(part)
        attributes = {name: self._attribute(name, values) for name, values in attributes_of(part).items()}
        corners = part.triangles.ravel()
        primitive: dict[str, Any] = {
            "attributes": attributes,
            "indices": self._indices(corners, len(part.positions)),
        }
        if part.morphs:
            primitive["targets"] = self._targets(part)
        return primitive

    def close(self) -> None:
        """The buffer that a reader without the extension would look for, and must not find."""
        fallback = {"byteLength": self._unpacked, "extensions": {_EXTENSION: {"fallback": True}}}
        self._document.add("buffers", fallback)

    def _attribute(self, name: str, values: FloatArray | IntArray) -> int:
        if name == "POSITION":
            grid = np.rint((values - self._origin) / self._step).astype(np.uint16)
            return self._vectors(grid, bounds=True)
        if name == "NORMAL":
            return self._vectors(_signed_bytes(values), normalized=True)
        if name == "TEXCOORD_0" and values.min() >= 0.0 and values.max() <= 1.0:
            return self._vectors(np.rint(values * 65_535.0).astype(np.uint16), normalized=True)
        return self._vectors(values, normalized=name in ("WEIGHTS_0", "COLOR_0"))

    def _targets(self, part: Part) -> list[dict[str, int]]:
        count = len(part.positions)
        still: dict[str, int] = {}
        if any(len(morph.vertices) == 0 for morph in part.morphs):
            still["POSITION"] = zeros(self._document, count, "i2")
            still["NORMAL"] = zeros(self._document, count, "i1", normalized=True)
        return [self._target(morph, count) if len(morph.vertices) else still for morph in part.morphs]

    def _target(self, morph: Morph, count: int) -> dict[str, int]:
        offsets, normals = np.zeros((count, 3), np.int16), np.zeros((count, 3), np.int8)
        offsets[morph.vertices] = np.rint(morph.offsets / self._step)
        normals[morph.vertices] = _signed_bytes(morph.normals)
        return {
            "POSITION": self._vectors(offsets, bounds=True),
            "NORMAL": self._vectors(normals, normalized=True),
        }

    def _vectors(
        self, values: FloatArray | IntArray, *, bounds: bool = False, normalized: bool = False
    ) -> int:
        """An accessor of (n, k) numbers, each row padded to four bytes as vertex data must be."""
        count, width = len(values), values.shape[1] * values.itemsize
        stride = width + -width % 4
        rows = np.zeros((count, stride), np.uint8)
        rows[:, :width] = np.ascontiguousarray(values).view(np.uint8)
        meshoptimizer.encode_vertex_version(_CODEC_VERSION)
        data = meshoptimizer.encode_vertex_buffer(rows, count, stride)
        view = self._view(data, count, stride, "ATTRIBUTES")
        entry = {"bufferView": view} | described(values, bounds=bounds, normalized=normalized)
        return self._document.describe(entry)

    def _indices(self, corners: IntArray, vertex_count: int) -> int:
        kind = np.dtype(index_type(vertex_count))
        meshoptimizer.encode_index_version(_INDEX_VERSION)
        data = meshoptimizer.encode_index_buffer(corners.astype(np.uint32), len(corners), vertex_count)
        view = self._view(data, len(corners), kind.itemsize, "TRIANGLES")
        entry = {
            "bufferView": view,
            "componentType": COMPONENT[kind.str[1:]],
            "count": len(corners),
            "type": "SCALAR",
        }
        return self._document.describe(entry)

    def _view(self, data: bytes, count: int, stride: int, mode: str) -> int:
        """A view of the fallback buffer that says where its compressed bytes lie."""
        offset, length = self._document.place(data)
        packed = {
            "buffer": 0,
            "byteOffset": offset,
            "byteLength": length,
            "byteStride": stride,
            "count": count,
            "mode": mode,
        }
        entry: dict[str, Any] = {"buffer": 1, "byteOffset": self._unpacked, "byteLength": stride * count}
        if mode == "ATTRIBUTES":
            entry |= {"byteStride": stride, "target": VERTEX_DATA}
        else:
            entry["target"] = INDEX_DATA
        self._unpacked += stride * count + -(stride * count) % 4
        return self._document.add("bufferViews", entry | {"extensions": {_EXTENSION: packed}})


def in_drawing_order(part: Part) -> Part:
    """The same part, its triangles in an order that reuses vertices and its vertices in the order of first use."""
    count, corners = len(part.positions), part.triangles.ravel().astype(np.uint32)
    drawn = np.zeros_like(corners)
    meshoptimizer.optimize_vertex_cache(drawn, corners, len(corners), count)
    used, first_use = np.unique(drawn, return_index=True)
    unused = np.setdiff1d(np.arange(count), used, assume_unique=True)
    order = np.concatenate([used[np.argsort(first_use)], unused])
    place = np.argsort(order)
    return replace(
        part,
        positions=part.positions[order],
        normals=part.normals[order],
        joints=part.joints[order],
        weights=part.weights[order],
        uv=None if part.uv is None else part.uv[order],
        colors=None if part.colors is None else part.colors[order],
        triangles=place[drawn].reshape(-1, 3),
        morphs=[_renumbered(morph, place) for morph in part.morphs],
    )


def _renumbered(morph: Morph, place: IntArray) -> Morph:
    vertices = place[morph.vertices]
    order = np.argsort(vertices)
    return Morph(morph.name, vertices[order], morph.offsets[order], morph.normals[order])


def _signed_bytes(values: FloatArray | IntArray) -> IntArray:
    steps: IntArray = np.rint(np.clip(values, -1.0, 1.0) * 127.0).astype(np.int8)
    return steps
