"""Face shapes: what an expression adds to a body's vertices. They add up, and none touches the skeleton."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bodymodel.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True, repr=False)
class FaceShapes:
    """The shapes of `expressions.EXPRESSIONS`, sculpted on one head; `scales` fits them to another.

    The standing pose leaves the head as it is, so offsets add to the vertices of any body.
    """

    names: tuple[str, ...]
    vertices: tuple[IntArray, ...]
    """Per shape (k,) int64 template vertices that it moves, increasing."""
    offsets: tuple[FloatArray, ...]
    """Per shape (k, 3) float32 metres on the head that it was sculpted on."""
    of_lids: NDArray[np.bool_]
    """(67,) which shapes open or close the eyes."""
    face: IntArray
    """(f,) body vertices that any shape moves: their spread is the size of a face."""
    face_size: float
    """Root of their mean squared distance from their centroid on the sculpted head, metres."""
    upper_lids: IntArray
    lower_lids: IntArray
    """Template vertices at the roots of the lashes of both eyes."""
    aperture: float
    """Height between the lids of the sculpted head, metres."""

    @classmethod
    def load(cls, models_dir: Path) -> FaceShapes:
        """Read `face_shapes/shapes.npz` below `models_dir`; raises FileNotFoundError when it is absent."""
        with np.load(models_dir / "face_shapes" / "shapes.npz") as data:
            ends = data["ends"]
            offsets = data["steps"].astype(np.float32) * data["step"]
            return cls(
                names=tuple(str(name) for name in data["names"]),
                vertices=tuple(np.split(data["vertices"].astype(np.int64), ends[:-1])),
                offsets=tuple(np.split(offsets, ends[:-1])),
                of_lids=data["of_lids"],
                face=data["face"].astype(np.int64),
                face_size=float(data["face_size"]),
                upper_lids=data["upper_lids"].astype(np.int64),
                lower_lids=data["lower_lids"].astype(np.int64),
                aperture=float(data["aperture"]),
            )

    def scales(self, vertices: FloatArray) -> FloatArray:
        """(V, 3) body -> (67,) float32 factors of the shapes' offsets.

        Lids close by as much as this body's eyes are open, so that they meet; all else goes with the size of the face.
        """
        lids = lid_aperture(vertices, self.upper_lids, self.lower_lids) / self.aperture
        face = face_size(vertices[self.face]) / self.face_size
        return np.where(self.of_lids, lids, face).astype(np.float32)


def face_size(points: FloatArray) -> float:
    """Centroid size of points (n, 3): the root of their mean squared distance from their centroid."""
    return float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean()))


def lid_aperture(vertices: FloatArray, upper: IntArray, lower: IntArray) -> float:
    """Mean height of the upper lids' vertices over the lower lids', metres."""
    return float(vertices[upper, 1].mean() - vertices[lower, 1].mean())
