"""What all faces share: triangles, texture coordinates, a mean, regions, and their place on the body template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facemodel.arrays import FloatArray, IntArray
from facemodel.landmarks import LEFT_EYE, RIGHT_EYE


@dataclass(frozen=True, slots=True, repr=False)
class FaceTopology:
    """468 points as a disc with one border, the oval: mouth and eyes are closed by triangles."""

    triangles: IntArray
    """(898, 3) int32, counter-clockwise seen from outside."""
    uv: FloatArray
    """(468, 2) float32 texture coordinates in 0..1, origin at the upper left; no triangle is turned over."""
    mean: FloatArray
    """(468, 3) float64 metres, the face's frame: the mean of many people's resting faces."""
    spread: FloatArray
    """(468, 3) float64 metres: standard deviation of people's faces about the mean, aligned and at its size."""
    mirror: IntArray
    """(468,) int32 the point on the other side of each one."""
    regions: Mapping[str, IntArray]
    """Points by the part of the face that they lie on; left and right are the person's own.

    Loops in order: `oval`, `left_eye`, `right_eye`, `lips_outer`, `lips_inner`. Sets: `lips`, `left_brow`, `right_brow`,
    `nose`, `left_cheek`, `right_cheek`, `forehead`, `chin`, and `rigid`, which no expression moves much.
    """
    template_corners: IntArray
    """(468, 3) int32 vertices of the body template that carry each point."""
    template_weights: FloatArray
    """(468, 3) float64 barycentric weights that sum to 1."""

    @classmethod
    def load(cls, models_dir: Path) -> FaceTopology:
        """Read `face_topology/topology.npz` below `models_dir`; raises FileNotFoundError when it is absent."""
        with np.load(models_dir / "face_topology" / "topology.npz") as data:
            regions = {str(name): data[f"region:{name}"] for name in data["regions"]}
            return cls(
                triangles=data["triangles"],
                uv=data["uv"],
                mean=data["mean"],
                spread=data["spread"],
                mirror=data["mirror"],
                regions=regions,
                template_corners=data["template_corners"],
                template_weights=data["template_weights"],
            )

    def on_template(self, vertices: FloatArray) -> FloatArray:
        """(V, 3) template vertices of a body -> (468, 3) points of its face, in the body's frame."""
        points: FloatArray = np.einsum("pc,pcx->px", self.template_weights, vertices[self.template_corners])
        return points


def centred(points: FloatArray) -> FloatArray:
    """Points (468, 3) moved so that the middle between the outer corners of the eyes is the origin."""
    moved: FloatArray = points - points[[RIGHT_EYE, LEFT_EYE]].mean(axis=0)
    return moved
