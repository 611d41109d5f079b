"""Binary little-endian PLY: one mesh with normals, texture coordinates and a colour for every vertex."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from facemodel import color
from services.mesher.adapters import merge
from services.mesher.domain.model import FileOptions, Part, Scene
from services.mesher.domain.surface import FloatArray

_VERTEX = np.dtype(
    [(name, "<f4") for name in ("x", "y", "z", "nx", "ny", "nz", "s", "t")]
    + [(name, "u1") for name in ("red", "green", "blue")]
)
_FACE = np.dtype([("count", "u1"), ("corners", "<i4", 3)])
_TYPES = {"<f4": "float", "|u1": "uchar"}


class PlyWriter:
    """All parts in one mesh; comments say which triangles are whose, and under which licence."""

    # No media type is registered for PLY; this is the name that it would have beside the registered model/obj and
    # model/stl, and software that does not know it treats it as application/octet-stream (RFC 6838, section 4.2.7).
    media_type = "model/ply"

    def write(self, scene: Scene, options: FileOptions) -> bytes:
        """The whole file."""
        corners = merge.triangles(scene.parts)
        faces = np.zeros(len(corners), _FACE)
        faces["count"], faces["corners"] = 3, corners
        vertices = np.concatenate([_vertices(part) for part in scene.parts])
        return _header(scene, len(vertices), len(faces)) + vertices.tobytes() + faces.tobytes()


def _header(scene: Scene, vertices: int, faces: int) -> bytes:
    lines = ["ply", "format binary_little_endian 1.0", "comment metres, +Y up, facing +Z"]
    lines.append(f"comment provenance {json.dumps(dict(scene.extras))}")
    first = 0
    for part in scene.parts:
        told = {"name": part.name, "licence": part.licence, "source": part.source}
        lines.append(f"comment faces {first} to {first + len(part.triangles) - 1} {json.dumps(told)}")
        first += len(part.triangles)
    lines.append(f"element vertex {vertices}")
    lines += [f"property {_TYPES[_VERTEX[name].str]} {name}" for name in _VERTEX.names or ()]
    lines += [f"element face {faces}", "property list uchar int vertex_indices", "end_header", ""]
    return "\n".join(lines).encode("ascii")


def _vertices(part: Part) -> NDArray[np.void]:
    """(n,) records of `_VERTEX`."""
    vertices = np.zeros(len(part.positions), _VERTEX)
    vertices["x"], vertices["y"], vertices["z"] = part.positions.T
    vertices["nx"], vertices["ny"], vertices["nz"] = part.normals.T
    if part.uv is not None:
        vertices["s"], vertices["t"] = part.uv[:, 0], 1.0 - part.uv[:, 1]
    vertices["red"], vertices["green"], vertices["blue"] = color.pixels(_light(part)).T
    return vertices


def _light(part: Part) -> FloatArray:
    """(n, 3) linear colour at the vertices: the material's, times the part's own, times the picture's nearest texel."""
    light = np.tile(np.array(part.material.color), (len(part.positions), 1))
    if part.colors is not None:
        light *= part.colors[:, :3] / 255.0
    if part.material.texture is not None and part.uv is not None:
        pixels = part.material.texture.pixels
        size = np.array(pixels.shape[1::-1])
        column, row = np.clip(part.uv * size, 0, size - 1).astype(np.int64).T
        light *= color.light(pixels[row, column])
    return light
