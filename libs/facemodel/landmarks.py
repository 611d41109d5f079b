"""The points of a face in a photo."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facemodel.arrays import FloatArray, IntArray, RgbImage
from facemodel.networks import MESH_SIDE, RawMeshes
from photos.crop import Grid, Window
from photos.detect import Detection

MESH_POINTS = 468
RIGHT_EYE, LEFT_EYE = 33, 263
"""Outer corners of the eyes; right is the person's."""
RIGHT_IRIS, LEFT_IRIS = slice(468, 473), slice(473, 478)
"""The middle, then right, top, left and bottom as the photo shows them."""
_IRIS_MIRROR = [5, 8, 7, 6, 9, 0, 3, 2, 1, 4]

GRID = Grid(MESH_SIDE, samples=192, repeat_edge=True, smooth=True)
"""The network behind the contract takes 192 pixels a side."""
_ROOM = 1.5
"""Side of the square around a face, in sides of its box: what the network was trained with."""


@dataclass(frozen=True, slots=True, repr=False)
class FaceMesh:
    """A face in a photo."""

    points: FloatArray
    """(478, 3) pixels of the photo, x right, y down, z in the same unit, the smaller the nearer: 468 of the mesh, 5 of the
    right iris, 5 of the left."""
    presence: float
    """Probability that this is a face."""

    @property
    def eye_distance(self) -> float:
        """Pixels between the outer corners of the eyes, as they lie in the picture."""
        return float(np.linalg.norm(self.points[LEFT_EYE, :2] - self.points[RIGHT_EYE, :2]))

    @property
    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """(2,) upper left and (2,) lower right corner of what the mesh covers."""
        flat = self.points[:MESH_POINTS, :2]
        return flat.min(axis=0), flat.max(axis=0)

    @property
    def middle(self) -> FloatArray:
        """(2,) of `bounds`."""
        low, high = self.bounds
        middle: FloatArray = (low + high) / 2.0
        return middle

    @property
    def extent(self) -> float:
        """Pixels of the longer side of `bounds`."""
        low, high = self.bounds
        return float((high - low).max())


def around(found: Detection) -> Window:
    """The square around a detected face, its eyes level."""
    across = found.points[1] - found.points[0]
    middle = (found.low + found.high) / 2.0
    return Window(
        (float(middle[0]), float(middle[1])),
        _ROOM * float((found.high - found.low).max()),
        math.atan2(across[1], across[0]),
    )


def around_mesh(mesh: FaceMesh, room: float = _ROOM) -> Window:
    """The square around a face whose points are known, its eyes level; `room` is its side in sides of the face's box."""
    flat = mesh.points[:MESH_POINTS, :2]
    across = flat[LEFT_EYE] - flat[RIGHT_EYE]
    angle = math.atan2(across[1], across[0])
    cosine, sine = math.cos(angle), math.sin(angle)
    level = flat @ np.array([[cosine, -sine], [sine, cosine]])
    low, high = level.min(axis=0), level.max(axis=0)
    middle = (low + high) / 2.0 @ np.array([[cosine, sine], [-sine, cosine]])
    return Window((float(middle[0]), float(middle[1])), room * float((high - low).max()), angle)


def placed(windows: list[Window], raw: RawMeshes) -> list[FaceMesh]:
    """The network's answers for the cuts of some windows, in their photos."""
    points = np.concatenate([raw.landmarks, raw.iris], axis=1)
    return [
        FaceMesh(window.to_photo(found, MESH_SIDE), float(presence))
        for window, found, presence in zip(windows, points, raw.presence[:, 0], strict=True)
    ]


def in_the_mirror(cuts: Sequence[RgbImage]) -> list[RgbImage]:
    """Pictures with right and left changed; `out_of_the_mirror` knows what is found in them."""
    return [cut[:, ::-1] for cut in cuts]


def out_of_the_mirror(raw: RawMeshes, mirror: IntArray) -> RawMeshes:
    """What the network would have said of the pictures themselves; `mirror` (468,) is each point's on the other side."""
    return RawMeshes(_turned(raw.landmarks[:, mirror]), _turned(raw.iris[:, _IRIS_MIRROR]), raw.presence)


def mean(one: FaceMesh, other: FaceMesh) -> FaceMesh:
    """Between two meshes of a face, as sure as the other one."""
    return FaceMesh((one.points + other.points) / 2.0, other.presence)


def _turned(points: FloatArray) -> FloatArray:
    # The network counts from its first sample on: that of a mirrored picture was the last one.
    x = MESH_SIDE * (1.0 - 1.0 / GRID.samples) - points[..., :1]
    return np.concatenate([x, points[..., 1:]], axis=-1)
