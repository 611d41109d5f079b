"""Heads that take the shape of a face: a linear field that was made once, then eyes that are put back in their orbits.

The same face on the same body gives the same bytes on every machine: shares and ways lie on grids, so that no sum of
their products is ever rounded (ADR 0004), and what follows takes one number at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facemodel.topology import FaceTopology
from services.mesher.domain.body import BodyModel
from services.mesher.domain.face import aim
from services.mesher.domain.face.orbits import Orbit
from services.mesher.domain.surface import FloatArray, IntArray

FOLDER = "head_mould"
_FRONT_STEPS = 128


@dataclass(frozen=True, slots=True, repr=False)
class Cover:
    """Where on the body a face's picture lies."""

    vertices: IntArray
    """(k,) template vertices, increasing."""
    corners: IntArray
    """(k, 3) points of the face around each one."""
    weights: FloatArray
    """(k, 3) float32 their weights, summing to 1."""
    share: FloatArray
    """(k,) float32 0..1: how much of the picture shows."""


@dataclass(frozen=True, slots=True, repr=False)
class Mould:
    """What each point of a face does to a head."""

    topology: FaceTopology
    vertices: IntArray
    """(r,) template vertices that move: skin of the head, lashes, teeth, tongue."""
    shares: FloatArray
    """(r, 468) float64 multiples of 2**-13: how much of each point's way each vertex goes."""
    front: FloatArray
    """(r, 1) how much it also goes of what one side does and the other does not: 1 on the face, 0 behind the ears."""
    cover: Cover
    orbits: tuple[Orbit, Orbit]

    @classmethod
    def load(cls, models_dir: Path, model: BodyModel, topology: FaceTopology) -> Mould:
        """Read `head_mould`, which was made on the mean body; raises FileNotFoundError when it is absent."""
        reference = model.stand(np.zeros(model.space.size)).vertices.astype(np.float64)
        with np.load(models_dir / FOLDER / "mould.npz") as data:
            vertices = data["vertices"].astype(np.int64)
            shares = data["steps"] * float(data["step"])
            front = data["front"][:, None] / float(_FRONT_STEPS)
            cover = Cover(
                data["seen"].astype(np.int64),
                data["corners"].astype(np.int64),
                data["weights"],
                (data["cover"] / 255.0).astype(np.float32),
            )
        left, right = (
            Orbit.of(model.template, topology, reference, vertices, side) for side in ("left", "right")
        )
        return cls(topology, vertices, shares, front, cover, (left, right))

    def fit(self, vertices: FloatArray, points: FloatArray) -> FloatArray:
        """(V, 3) float32 body and (468, 3) face -> the same body with the face's shape, (V, 3) float32."""
        before = vertices.astype(np.float64)
        own = self.topology.on_template(before)
        way = aim.ways(points.astype(np.float64), own)
        after = before.copy()
        after[self.vertices] += self._field(way)
        for orbit in self.orbits:
            orbit.settle(before, after, own, way)
        return after.astype(np.float32)

    def _field(self, way: FloatArray) -> FloatArray:
        """(468, 3) ways of the points -> (r, 3) ways of the vertices."""
        both = (way + aim.mirrored(way, self.topology.mirror)) / 2.0
        moved = self.shares @ np.concatenate([both, way - both], axis=1)
        field: FloatArray = moved[:, :3] + self.front * moved[:, 3:]
        return field
