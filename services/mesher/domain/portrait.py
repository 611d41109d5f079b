"""A face of its own: what is asked for, what is written, what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from facemodel.arrays import FloatArray, IntArray
from facemodel.topology import FaceTopology
from services.mesher.domain import surface
from services.mesher.domain.errors import NotAFace
from services.mesher.domain.model import StoredBlob

_SIZES_M = (0.05, 0.4)
"""Least and most height of a face."""
_SIZES_PX = (1.0, 1e5)
"""The same in a photo."""
_PARTS = (
    {
        "name": "face",
        "licence": "LicenseRef-Person",
        "source": "photos of a person, whose likeness it is; points found by MediaPipe's networks (Apache-2.0)",
    },
    {
        "name": "face topology",
        "licence": "Apache-2.0",
        "source": "triangles and texture coordinates of this project",
    },
)


@dataclass(frozen=True, eq=False, slots=True)
class SeenFace:
    """A photo of a face."""

    key: str
    """Of the stored picture."""
    points: FloatArray
    """(468, 3) pixels of the picture: x right, y down, z in the same unit, the smaller the nearer."""


@dataclass(frozen=True, eq=False, slots=True)
class FaceOrder:
    """A face as asked for."""

    points: FloatArray
    """(468, 3) metres, in the face's frame."""
    views: Sequence[SeenFace]
    model_version: str
    """Version of the networks that found the points."""

    def check(self) -> None:
        """Raise NotAFace where points are no numbers, or lie where those of no face do."""
        _check(self.points, _SIZES_M, "geometry.points")
        for number, view in enumerate(self.views):
            _check(view.points, _SIZES_PX, f"views[{number}].points")


@dataclass(frozen=True, eq=False, slots=True)
class Portrait:
    """What a file of a face holds."""

    positions: FloatArray
    """(468, 3) float32 metres, +Y up, facing +Z."""
    normals: FloatArray
    """(468, 3) float32 unit vectors."""
    uv: FloatArray
    """(468, 2) float32, origin at the upper left."""
    triangles: IntArray
    """(898, 3)."""
    picture: bytes
    """The texture's own file."""
    picture_type: str
    """Its media type."""
    extras: Mapping[str, Any]
    """Where the face comes from, for the file's own metadata."""

    @classmethod
    def of(cls, order: FaceOrder, topology: FaceTopology, picture: bytes, picture_type: str) -> Portrait:
        """The face that was asked for, with its texture."""
        corners = surface.incidence(topology.triangles, len(order.points))
        normals = surface.vertex_normals(order.points, topology.triangles, corners)
        return cls(
            positions=order.points.astype(np.float32),
            normals=normals.astype(np.float32),
            uv=topology.uv,
            triangles=topology.triangles,
            picture=picture,
            picture_type=picture_type,
            extras={"modelVersion": order.model_version, "parts": list(_PARTS)},
        )


@dataclass(frozen=True, slots=True)
class BuiltFace:
    """What a build gives."""

    file: StoredBlob
    texture: StoredBlob
    vertex_count: int
    face_count: int


def _check(points: FloatArray, sizes: tuple[float, float], field: str) -> None:
    least, most = sizes
    if not least <= float(np.ptp(points[:, 1])) <= most or not (np.abs(points) < most).all():
        raise NotAFace(field)  # both are false of what is no number
