"""The fixed part of every body: topology, texture coordinates, rig, skin weights, canonical samples, landmarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from bodymodel.arrays import FloatArray, IntArray

CANONICAL_POINTS = 10_000
"""Points of the cloud that the generator network makes and `Template.canonical` places on the surface."""


@dataclass(frozen=True, slots=True, repr=False)
class FaceGroup:
    """One named part of the template's surface, as quads."""

    quads: IntArray
    """(F, 4) int32 vertex indices, counter-clockwise seen from outside."""
    uv_quads: IntArray
    """(F, 4) int32 indices into `Template.uv`, corner by corner."""

    @property
    def triangles(self) -> IntArray:
        """(2 F, 3) vertex indices: every quad cut along its corners 0 and 2, so that all users cut alike."""
        return split_quads(self.quads)

    @property
    def uv_triangles(self) -> IntArray:
        """(2 F, 3) indices into `Template.uv`, in the order of `triangles`."""
        return split_quads(self.uv_quads)


@dataclass(frozen=True, slots=True, repr=False)
class Landmark:
    """A point carried by the topology: a weighted mean of vertices (of one vertex, mostly)."""

    vertices: IntArray
    """(n,) int32 vertex indices; for `spine` in walking order from C7 down."""
    weights: FloatArray
    """(n,) float64 weights that sum to 1; single ones may be negative."""


@dataclass(frozen=True, slots=True, repr=False)
class Template:
    """Topology shared by all bodies: V = 19,158 vertices (the body surface first, then helpers), B = 52 bones."""

    groups: Mapping[str, FaceGroup]
    """`body` is closed; `helper-tights`, `helper-skirt`, `helper-hair`, `helper-l-eye`, … lie around it."""
    uv: FloatArray
    """(T, 2) float32 texture coordinates in 0..1, origin at the lower left (glTF wants 1 - v)."""
    bones: tuple[str, ...]
    """Mixamo bone names without prefix (`Hips`, `LeftUpLeg`, …); a parent always precedes its children."""
    parents: IntArray
    """(B,) int32 index of each bone's parent, -1 for the root."""
    weights: FloatArray
    """(V, 4) float32 skin weights, largest first, summing to 1."""
    joints: IntArray
    """(V, 4) uint8 bone index of each weight; 0 where the weight is 0."""
    mirror: IntArray
    """(V,) int32 index of each vertex's mirror image across X = 0."""
    body_vertices: int
    """The first so many vertices are the body surface."""
    canonical_corners: IntArray
    """(10000, 3) int32 vertices of the body triangle that carries each canonical point."""
    canonical_barycentric: FloatArray
    """(10000, 3) float32 barycentric weights of each canonical point, summing to 1."""
    landmarks: Mapping[str, Landmark]
    """Named points and vertex sets that `bodymodel.tape` measures at."""
    regions: Mapping[str, IntArray]
    """Girth region -> (n, 3) body triangles of the one limb that its tape may cut."""

    @classmethod
    def load(cls, models_dir: Path) -> Template:
        """Read `body_template/template.npz` below `models_dir`; raises FileNotFoundError when it is absent."""
        with np.load(models_dir / "body_template" / "template.npz") as data:
            groups = {
                name: FaceGroup(data[f"quads:{name}"], data[f"uv_quads:{name}"])
                for name in (str(name) for name in data["groups"])
            }
            landmarks = {
                name: Landmark(data[f"landmark:{name}"], data[f"landmark_weights:{name}"])
                for name in (str(name) for name in data["landmarks"])
            }
            regions = {name: data[f"region:{name}"] for name in (str(name) for name in data["regions"])}
            return cls(
                groups=groups,
                uv=data["uv"],
                bones=tuple(str(name) for name in data["bones"]),
                parents=data["parents"],
                weights=data["weights"],
                joints=data["joints"],
                mirror=data["mirror"],
                body_vertices=int(data["body_vertices"]),
                canonical_corners=data["canonical_corners"],
                canonical_barycentric=data["canonical_barycentric"],
                landmarks=landmarks,
                regions=regions,
            )

    @property
    def body(self) -> FaceGroup:
        """The closed body surface."""
        return self.groups["body"]

    def canonical(self, vertices: FloatArray) -> FloatArray:
        """(V, 3) vertices -> the (10000, 3) canonical points on their surface."""
        corners = vertices[self.canonical_corners]
        points: FloatArray = np.einsum("pc,pcx->px", self.canonical_barycentric, corners)
        return points

    def canonical_matrix(self) -> sparse.csr_array:
        """Sparse (10000, V) float32 matrix that takes vertices to canonical points."""
        rows = np.repeat(np.arange(len(self.canonical_corners)), 3)
        entries = (self.canonical_barycentric.ravel(), (rows, self.canonical_corners.ravel()))
        return sparse.csr_array(entries, shape=(len(self.canonical_corners), len(self.weights)))

    def dominant_bones(self) -> IntArray:
        """(V,) index of the bone that holds each vertex strongest."""
        return self.joints[:, 0].astype(np.int64)


def split_quads(quads: IntArray) -> IntArray:
    """(F, 4) -> (2 F, 3): triangles (0, 1, 2) of all quads, then (0, 2, 3)."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
