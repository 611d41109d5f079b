"""The linear space of posed bodies: coefficients -> vertices and bone heads, and back from a canonical cloud."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import linalg

from bodymodel.arrays import FloatArray, IntArray
from bodymodel.template import Template


@dataclass(frozen=True, slots=True, repr=False)
class ShapeSpace:
    """K = 96 principal components of the posed template; a coefficient of 1 is one standard deviation."""

    mean: FloatArray
    """(V, 3) float32 mean body, metres."""
    basis: FloatArray
    """(K, V * 3) float32 offset of every vertex per unit of each coefficient, metres."""
    heads_mean: FloatArray
    """(B, 3) float32 bone heads of the mean body, metres."""
    heads_basis: FloatArray
    """(K, B * 3) float32 offset of every bone head per unit of each coefficient, metres."""
    cloud_mean: FloatArray
    """(30000,) float32 canonical points of the mean body, flattened."""
    cloud_basis: FloatArray
    """(K, 30000) float32 canonical points' offsets."""
    cloud_normal: tuple[FloatArray, bool]
    """Cholesky factor of `cloud_basis @ cloud_basis.T`, as `scipy.linalg.cho_factor` gives it."""
    body_vertices: int
    """The first so many vertices are the body surface, which stands on the floor."""

    @classmethod
    def load(cls, models_dir: Path, template: Template) -> ShapeSpace:
        """Read `body_shape/shape.npz` below `models_dir`; raises FileNotFoundError when it is absent."""
        with np.load(models_dir / "body_shape" / "shape.npz") as data:
            mean, heads_mean = data["mean"], data["heads_mean"]
            basis = data["basis"].astype(np.float32)
            heads_basis = data["heads_basis"].astype(np.float32)
        to_cloud = template.canonical_matrix()
        cloud_basis = np.stack([(to_cloud @ offsets).reshape(-1) for offsets in basis])
        return cls(
            mean=mean,
            basis=basis.reshape(len(basis), -1),
            heads_mean=heads_mean,
            heads_basis=heads_basis.reshape(len(basis), -1),
            cloud_mean=(to_cloud @ mean).reshape(-1),
            cloud_basis=cloud_basis,
            cloud_normal=linalg.cho_factor((cloud_basis @ cloud_basis.T).astype(np.float64)),
            body_vertices=template.body_vertices,
        )

    @property
    def size(self) -> int:
        """Number of coefficients K."""
        return len(self.basis)

    def vertices(self, coefficients: FloatArray) -> FloatArray:
        """(K,) -> (V, 3) float32 vertices, metres. The floor is within a millimetre or two; see `standing`."""
        return (coefficients.astype(np.float32) @ self.basis).reshape(self.mean.shape) + self.mean

    def bone_heads(self, coefficients: FloatArray) -> FloatArray:
        """(K,) -> (B, 3) float32 bone heads that belong to `vertices`, metres."""
        return (coefficients.astype(np.float32) @ self.heads_basis).reshape(
            self.heads_mean.shape
        ) + self.heads_mean

    def standing(self, coefficients: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Vertices and bone heads, shifted together so that the lowest body vertex is exactly at Y = 0."""
        vertices, heads = self.vertices(coefficients), self.bone_heads(coefficients)
        floor = np.array([0.0, vertices[: self.body_vertices, 1].min(), 0.0], np.float32)
        return vertices - floor, heads - floor

    def fit_cloud(self, points: FloatArray) -> FloatArray:
        """Least-squares coefficients (K,) float64 of canonical points (10000, 3) in metres."""
        offsets = points.reshape(-1).astype(np.float32) - self.cloud_mean
        coefficients = self._project(offsets)
        # Once more on what is left: sums of 30,000 float32 products lose the weakest components.
        return coefficients + self._project(offsets - coefficients.astype(np.float32) @ self.cloud_basis)

    def _project(self, offsets: FloatArray) -> FloatArray:
        """(30000,) offsets from the mean cloud -> least-squares coefficients (K,)."""
        projected: FloatArray = linalg.cho_solve(
            self.cloud_normal, (self.cloud_basis @ offsets).astype(np.float64)
        )
        return projected

    def rows(self, vertex_indices: IntArray) -> tuple[FloatArray, FloatArray]:
        """Mean (n, 3) and basis (K, n, 3), float64, of some vertices only: all that a tape measure touches."""
        basis = self.basis.reshape(self.size, -1, 3)[:, vertex_indices].astype(np.float64)
        return self.mean[vertex_indices].astype(np.float64), basis
