"""The skull as hair sees it: directions from the middle of the braincase, and where they leave the head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from bodymodel.template import Template
from services.mesher.domain.surface import FloatArray, IntArray

_CANDIDATES = 64
# Nearer to the middle of the head than this lie the palate and the ear canals, not the skull.
_INNERMOST = 0.05


@dataclass(frozen=True, slots=True)
class Skull:
    """The head's triangles, seen from the middle of the braincase."""

    centre: FloatArray
    corners: IntArray
    """(m, 3) template vertices."""
    vertices: FloatArray

    @classmethod
    def of(cls, template: Template, vertices: FloatArray) -> Skull:
        head = template.dominant_bones()[: template.body_vertices] == template.bones.index("Head")
        triangles = template.body.triangles
        triangles = triangles[head[triangles].all(axis=1)]
        eyes = np.unique(template.groups["helper-l-eye"].quads)
        level = float(vertices[eyes, 1].mean()) + 0.012
        top = vertices[: template.body_vertices][
            head & (vertices[: template.body_vertices, 1] > level + 0.02)
        ]
        centre = np.array([0.0, level, float(top[:, 2].min() + top[:, 2].max()) / 2.0])
        return cls(centre, triangles, vertices)

    def cast(self, directions: FloatArray) -> tuple[sparse.csr_array, FloatArray]:
        """First hits of rays (r, 3) from the centre: rows (r, V) that carry them, and where they lie (r, 3)."""
        a, b, c = (self.vertices[self.corners[:, k]].astype(np.float64) - self.centre for k in range(3))
        middle = (a + b + c) / 3.0
        # Only triangles in about a ray's direction can be hit.
        tree = cKDTree(middle / np.linalg.norm(middle, axis=1, keepdims=True))
        _, near = tree.query(directions, k=_CANDIDATES)
        ray = directions[:, None]
        # Barycentric weights of a ray are ratios of the volumes that it spans with the triangle's sides.
        spans = [np.cross(b, c), np.cross(c, a), np.cross(a, b)]
        shares = np.stack([np.sum(ray * span[near], axis=2) for span in spans], axis=2)
        total = shares.sum(axis=2)
        volume = np.einsum("ij,ij->i", a, spans[0])[near]
        outward = (shares >= -1e-12).all(axis=2) & (total > 0.0)
        reach = np.where(outward, volume / np.where(outward, total, 1.0), np.inf)
        reach[reach < _INNERMOST] = np.inf
        first = (np.arange(len(directions)), reach.argmin(axis=1))
        weights = shares[first] / total[first][:, None]
        count = len(directions)
        entries = (weights.ravel(), (np.repeat(np.arange(count), 3), self.corners[near[first]].ravel()))
        rows = sparse.csr_array(entries, shape=(count, len(self.vertices)))
        return rows, self.centre + reach[first][:, None] * directions


def direction(azimuth: FloatArray, elevation: FloatArray) -> FloatArray:
    """Degrees -> (..., 3) unit vectors; azimuth 0 is the face, 90 the left ear."""
    a, e = np.radians(azimuth), np.radians(elevation)
    return np.stack([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], axis=-1)


def between(start: FloatArray, end: FloatArray, share: FloatArray) -> FloatArray:
    """(..., 3) unit vectors on the great circle from one to the other."""
    angle = np.arccos(np.clip(np.sum(start * end, axis=-1), -1.0, 1.0))
    angle = np.maximum(angle, 1e-6)
    arc = np.sin((1.0 - share) * angle)[..., None] * start + np.sin(share * angle)[..., None] * end
    unit: FloatArray = arc / np.linalg.norm(arc, axis=-1, keepdims=True)
    return unit
