"""The space of posed bodies: coefficients -> vertices and bone heads, and back from a canonical cloud.

Bodies are linear in their coefficients but for one thing: both halves keep to their own side of the plane X = 0, so that
thighs that would run through each other press flat against each other, as flesh does.

The same coefficients give the same bytes on every machine. Components are float16, coefficients are kept on a grid of
1/4096, so every product is a multiple of 2**-36 and every sum of 96 of them has room in a float64: no sum is ever
rounded, whatever order and instructions a machine adds in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import linalg, sparse

from bodymodel.arrays import FloatArray, IntArray
from bodymodel.template import Template

GRID = 2.0**-12
"""Step of the coefficients, in standard deviations: moves no measurement by more than 0.02 mm."""
NETWORK_GRID = 2.0**-8
"""Step on which the generator network leaves its coefficients: far wider than float32 noise on its way through points."""
GAP_M = 1e-4
"""Distance that skin keeps from the plane between both halves: far enough for no tool to weld them together."""


def on_grid(coefficients: FloatArray, step: float = GRID) -> FloatArray:
    """The nearest coefficients on a grid, float64."""
    snapped: FloatArray = np.rint(coefficients / step) * step
    return snapped


@dataclass(frozen=True, slots=True, repr=False)
class Rows:
    """Some of a body's points as a function of the shape coefficients."""

    mean: FloatArray
    """(n, 3) float64 points of the mean body, metres."""
    basis: FloatArray
    """(K, n * 3) float64 offsets per unit of each coefficient, metres."""
    side: FloatArray
    """(n,) 1 for points of the left half (X > 0), -1 of the right one, 0 on the plane between them."""

    def at(self, coefficients: FloatArray) -> FloatArray:
        """(K,) -> (n, 3) float64 points, metres; exact for coefficients on the grid."""
        points = self.mean + (coefficients @ self.basis).reshape(self.mean.shape)
        pressed = self.pressed(points)
        points[pressed, 0] = GAP_M * self.side[pressed]
        return points

    def pressed(self, points: FloatArray) -> IntArray:
        """Indices of points (n, 3) that lie on the wrong side or, once `at` has moved them, at the gap."""
        found = (self.side != 0.0) & (self.side * points[:, 0] <= GAP_M)
        return np.flatnonzero(found)

    def only(self, indices: IntArray) -> Rows:
        """The same for some of the points."""
        basis = self.basis.reshape(len(self.basis), -1, 3)[:, indices]
        return Rows(
            self.mean[indices],
            np.ascontiguousarray(basis.reshape(len(basis), -1)),
            self.side[indices],
        )


@dataclass(frozen=True, slots=True, repr=False)
class ShapeSpace:
    """K = 96 principal components of the posed template; a coefficient of 1 is one standard deviation."""

    surface: Rows
    """All V vertices."""
    heads_mean: FloatArray
    """(B, 3) float64 bone heads of the mean body, metres."""
    heads_basis: FloatArray
    """(K, B * 3) float64 offset of every bone head per unit of each coefficient, metres."""
    cloud_mean: FloatArray
    """(30000,) float32 canonical points of the mean body, flattened."""
    cloud_basis: FloatArray
    """(K, 30000) float32 canonical points' offsets, rounded to float16 as the network stores them: so a fit finds its
    very coefficients.
    """
    cloud_normal: tuple[FloatArray, bool]
    """Cholesky factor of `cloud_basis @ cloud_basis.T`, as `scipy.linalg.cho_factor` gives it."""
    bending_limits: FloatArray
    """(R,) what 999 in 1,000 training bodies bend less than, in each region of the template; see `bodymodel.guard`."""
    body_vertices: int
    """The first so many vertices are the body surface, which stands on the floor."""

    @classmethod
    def load(cls, models_dir: Path, template: Template) -> ShapeSpace:
        """Read `body_shape/shape.npz` below `models_dir`; raises FileNotFoundError when it is absent."""
        with np.load(models_dir / "body_shape" / "shape.npz") as data:
            mean, heads_mean = data["mean"].astype(np.float64), data["heads_mean"].astype(np.float64)
            basis = data["basis"].astype(np.float64)
            heads_basis = data["heads_basis"].astype(np.float64)
            limits = data["bending_limits"]
        to_cloud = template.canonical_matrix()
        cloud_basis = np.stack([(to_cloud @ offsets.astype(np.float32)).reshape(-1) for offsets in basis])
        cloud_basis = cloud_basis.astype(np.float16).astype(np.float32)
        return cls(
            surface=Rows(mean, basis.reshape(len(basis), -1), _sides(template, mean)),
            heads_mean=heads_mean,
            heads_basis=heads_basis.reshape(len(basis), -1),
            cloud_mean=(to_cloud @ mean.astype(np.float32)).reshape(-1),
            cloud_basis=cloud_basis,
            cloud_normal=linalg.cho_factor((cloud_basis @ cloud_basis.T).astype(np.float64)),
            bending_limits=limits,
            body_vertices=template.body_vertices,
        )

    @property
    def size(self) -> int:
        """Number of coefficients K."""
        return len(self.surface.basis)

    def vertices(self, coefficients: FloatArray) -> FloatArray:
        """(K,) -> (V, 3) float64 vertices, metres. The floor is within a millimetre or two; see `standing`."""
        return self.surface.at(coefficients)

    def bone_heads(self, coefficients: FloatArray) -> FloatArray:
        """(K,) -> (B, 3) float64 bone heads that belong to `vertices`, metres."""
        return (coefficients @ self.heads_basis).reshape(self.heads_mean.shape) + self.heads_mean

    def standing(self, coefficients: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Float32 vertices and bone heads, shifted together so that the lowest body vertex is exactly at Y = 0."""
        vertices, heads = self.vertices(coefficients), self.bone_heads(coefficients)
        floor = np.array([0.0, vertices[: self.body_vertices, 1].min(), 0.0])
        return (vertices - floor).astype(np.float32), (heads - floor).astype(np.float32)

    def cloud(self, coefficients: FloatArray) -> FloatArray:
        """(K,) -> (10000, 3) float32 canonical points, metres, as the generator network gives them: nothing pressed."""
        flat = coefficients.astype(np.float32) @ self.cloud_basis + self.cloud_mean
        points: FloatArray = flat.reshape(-1, 3)
        return points

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

    def rows(self, vertex_indices: IntArray) -> Rows:
        """Some vertices only: all that a tape measure touches."""
        return self.surface.only(vertex_indices)


def _sides(template: Template, mean: FloatArray) -> FloatArray:
    """(V,) the half that each vertex belongs to: 1 left, -1 right, 0 on the plane between them.

    The skin falls into its halves when the vertices on the plane are taken out. Where a vertex lies says less: two of
    the mean body's fold half a millimetre over the plane.
    """
    middle = template.mirror == np.arange(len(mean))
    side = np.where(middle, 0.0, np.sign(mean[:, 0]))
    corners = template.body.triangles
    off_plane = ~middle[corners].any(axis=1)
    pairs = np.stack([corners, np.roll(corners, -1, axis=1)], axis=2)[off_plane].reshape(-1, 2)
    links = sparse.coo_array((np.ones(len(pairs)), tuple(pairs.T)), shape=(len(mean), len(mean)))
    piece = sparse.csgraph.connected_components(links, directed=False)[1]
    for number in np.unique(piece[corners[off_plane]]):
        inside = piece == number
        side[inside] = np.sign(np.median(mean[inside, 0]))
    return side
