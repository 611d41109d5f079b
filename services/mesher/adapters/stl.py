"""Binary STL: the triangles of all parts, in millimetres."""

from __future__ import annotations

import struct

import numpy as np

from services.mesher.adapters import merge
from services.mesher.domain.model import FileOptions, Scene
from services.mesher.domain.surface import FloatArray

# STL has no unit; slicers read a unit as a millimetre. It has no axes either: +Y stays up, as in every other file.
_HEADER = b"Atelier mesher; UNITS=mm; +Y up"
_MM = np.float32(1000.0)
_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


class StlWriter:
    """All parts in one list of facets; corners of one place have the same bytes, so that readers can weld them."""

    media_type = "model/stl"

    def write(self, scene: Scene, options: FileOptions) -> bytes:
        """The whole file; STL has no room for licences."""
        points = np.concatenate([part.positions for part in scene.parts]).astype(np.float32)
        corners = points[merge.triangles(scene.parts)]
        facets = np.zeros(len(corners), _FACET)
        facets["normal"] = _normals(corners.astype(np.float64))
        facets["corners"] = corners * _MM
        return _HEADER.ljust(80, b" ") + struct.pack("<I", len(facets)) + facets.tobytes()


def _normals(corners: FloatArray) -> FloatArray:
    """(m, 3, 3) -> (m, 3) unit normals by the right-hand rule; zero for a facet without area, as STL allows."""
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(across, axis=1, keepdims=True)
    return across / np.where(length > 0.0, length, 1.0)
