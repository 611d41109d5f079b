"""Reading a GLB without the code that wrote it: NumPy, and the decoders of the two compressions."""

from __future__ import annotations

import json
import struct
from typing import Any, cast

import DracoPy
import meshoptimizer
import numpy as np
from numpy.typing import NDArray

_TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Glb:
    """One file, its arrays decoded when asked for."""

    def __init__(self, data: bytes) -> None:
        magic, version, length = struct.unpack_from("<4sII", data)
        assert (magic, version, length) == (b"glTF", 2, len(data))
        size, kind = struct.unpack_from("<I4s", data, 12)
        assert kind == b"JSON"
        self.content: dict[str, Any] = json.loads(data[20 : 20 + size])
        assert struct.unpack_from("<4s", data, 24 + size) == (b"BIN\0",)
        self._binary = data[28 + size :]

    def node(self, name: str) -> dict[str, Any]:
        (node,) = [node for node in self.content["nodes"] if node.get("name") == name]
        return cast(dict[str, Any], node)

    def primitive(self, name: str) -> dict[str, Any]:
        """The only primitive of the mesh of that name."""
        (primitive,) = self.content["meshes"][self.node(name)["mesh"]]["primitives"]
        return cast(dict[str, Any], primitive)

    def attribute(self, name: str, attribute: str) -> NDArray[Any]:
        primitive = self.primitive(name)
        if draco := primitive.get("extensions", {}).get("KHR_draco_mesh_compression"):
            decoded = DracoPy.decode(self._view(draco["bufferView"]))
            number = draco["attributes"][attribute]
            (data,) = [each["data"] for each in decoded.attributes if each["unique_id"] == number]
            return _plain(data, self.content["accessors"][primitive["attributes"][attribute]])
        return self.accessor(primitive["attributes"][attribute])

    def triangles(self, name: str) -> NDArray[Any]:
        primitive = self.primitive(name)
        if draco := primitive.get("extensions", {}).get("KHR_draco_mesh_compression"):
            return np.asarray(DracoPy.decode(self._view(draco["bufferView"])).faces)
        return self.accessor(primitive["indices"]).reshape(-1, 3)

    def target(self, name: str, shape: str, attribute: str) -> NDArray[Any]:
        """(n, 3) what a face shape adds to each vertex of a mesh, nothing to one that has no shapes."""
        mesh = self.content["meshes"][self.node(name)["mesh"]]
        if "weights" not in mesh:
            return np.zeros_like(self.attribute(name, attribute), float)
        names = mesh["extras"]["targetNames"]
        return self.accessor(self.primitive(name)["targets"][names.index(shape)][attribute])

    def accessor(self, number: int) -> NDArray[Any]:
        """(n,) or (n, k), numbers as the format means them: sparse ones filled in, normalised ones divided."""
        entry = self.content["accessors"][number]
        kind, width, count = np.dtype(_TYPES[entry["componentType"]]), _WIDTHS[entry["type"]], entry["count"]
        values = np.zeros((count, width), kind)
        if "bufferView" in entry:
            values = self._rows(entry["bufferView"], entry.get("byteOffset", 0), count, kind, width)
        if sparse := entry.get("sparse"):
            of, to = sparse["indices"], sparse["values"]
            index_kind = np.dtype(_TYPES[of["componentType"]])
            places = self._rows(of["bufferView"], of.get("byteOffset", 0), sparse["count"], index_kind, 1)[
                :, 0
            ]
            assert (np.diff(places.astype(int)) > 0).all()
            values[places] = self._rows(
                to["bufferView"], to.get("byteOffset", 0), sparse["count"], kind, width
            )
        for bound, of_rows in (("min", values.min), ("max", values.max)):
            if bound in entry:
                np.testing.assert_array_equal(np.array(entry[bound], kind), of_rows(axis=0))
        return _plain(values[:, 0] if width == 1 else values, entry)

    def image(self, number: int) -> bytes:
        """A picture's own file."""
        return self._view(self.content["images"][number]["bufferView"])

    def skinned(self, name: str, weights: dict[str, float] | None = None) -> NDArray[Any]:
        """(n, 3) where the skin puts the vertices of a mesh, with face shapes at these weights."""
        points = self.attribute(name, "POSITION").astype(np.float64)
        for shape, weight in (weights or {}).items():
            points += weight * self.target(name, shape, "POSITION")
        joints, shares = self.attribute(name, "JOINTS_0"), self.attribute(name, "WEIGHTS_0")
        skin = self.content["skins"][self.node(name)["skin"]]
        inverse = self.accessor(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
        world = self.world()
        bones = np.stack([world[joint] for joint in skin["joints"]]) @ inverse
        vectors = np.concatenate([points, np.ones((len(points), 1))], axis=1)
        placed: NDArray[Any] = np.einsum("vj,vjrc,vc->vr", shares, bones[joints], vectors)
        return placed[:, :3]

    def world(self) -> dict[int, NDArray[Any]]:
        """(4, 4) of each node."""
        found: dict[int, NDArray[Any]] = {}

        def place(number: int, above: NDArray[Any]) -> None:
            node = self.content["nodes"][number]
            found[number] = above @ _matrix(node)
            for child in node.get("children", []):
                place(child, found[number])

        for root in self.content["scenes"][self.content["scene"]]["nodes"]:
            place(root, np.eye(4))
        return found

    def _rows(self, view: int, start: int, count: int, kind: np.dtype[Any], width: int) -> NDArray[Any]:
        stride = self.content["bufferViews"][view].get("byteStride", kind.itemsize * width)
        data = np.frombuffer(self._view(view), np.uint8)[start : start + stride * count].reshape(
            count, stride
        )
        return np.ascontiguousarray(data[:, : kind.itemsize * width]).view(kind)

    def _view(self, number: int) -> bytes:
        entry = self.content["bufferViews"][number]
        if packed := entry.get("extensions", {}).get("EXT_meshopt_compression"):
            data = self._binary[packed["byteOffset"] :][: packed["byteLength"]]
            count, stride = packed["count"], packed["byteStride"]
            assert entry["byteLength"] == count * stride
            if packed["mode"] == "TRIANGLES":
                # The wheel's decoder returns 32-bit indices, and garbles narrower ones.
                indices = meshoptimizer.decode_index_buffer(count, 4, data)
                return bytes(indices.astype(f"<u{stride}"))
            assert data[0] == 0xA0  # version 0, the only one that the extension knows
            return bytes(meshoptimizer.decode_vertex_buffer(count, stride, data))
        return self._binary[entry.get("byteOffset", 0) :][: entry["byteLength"]]


def _plain(values: NDArray[Any], entry: dict[str, Any]) -> NDArray[Any]:
    return values / np.iinfo(values.dtype).max if entry.get("normalized") else values


def _matrix(node: dict[str, Any]) -> NDArray[Any]:
    matrix = np.eye(4)
    x, y, z, w = node.get("rotation", [0.0, 0.0, 0.0, 1.0])
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, 3] = node.get("translation", [0.0, 0.0, 0.0])
    return matrix
