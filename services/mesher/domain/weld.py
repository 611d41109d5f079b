"""A mesh whose vertices are one where they lie at one place: seams and turned hems are drawn twice, and move as one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from services.mesher.domain import surface
from services.mesher.domain.surface import FloatArray, IntArray


@dataclass(frozen=True, slots=True, repr=False)
class Weld:
    """p vertices at q places."""

    place: IntArray
    """(p,) where each vertex lies."""
    first: IntArray
    """(q,) a vertex of each place."""
    edges: IntArray
    """(e, 2) places that are neighbours, the smaller number first."""
    mean: sparse.csr_array
    """(q, q) takes each place to the mean of its neighbours."""

    @classmethod
    def of(cls, vertices: FloatArray, triangles: IntArray) -> Weld:
        """Of a mesh at rest: vertices (p, k), which are one where all k numbers are alike, and triangles (m, 3)."""
        _, first, numbers = np.unique(vertices, axis=0, return_index=True, return_inverse=True)
        place = numbers.reshape(-1)
        edges = surface.undirected_edges(place[triangles])
        edges = edges[edges[:, 0] != edges[:, 1]]
        both = np.concatenate([edges, edges[:, ::-1]])
        links = sparse.csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(len(first),) * 2)
        mean = sparse.diags_array(1.0 / np.maximum(links.sum(axis=1), 1.0)) @ links
        return cls(place, first, edges, sparse.csr_array(mean))

    def joined(self, values: FloatArray) -> FloatArray:
        """(p, ...) of vertices -> (q, ...) of places."""
        return values[self.first]

    def spread(self, values: FloatArray) -> FloatArray:
        """(q, ...) of places -> (p, ...) of vertices."""
        return values[self.place]

    def inside(self, triangles: IntArray, rings: int) -> NDArray[np.bool_]:
        """(q,) places that lie more than so many edges inside of every border of the mesh's triangles (m, 3)."""
        beside = np.zeros(len(self.first), bool)
        beside[surface.border_edges(self.place[triangles]).ravel()] = True
        for _ in range(rings):
            beside[self.edges[beside[self.edges].any(axis=1)]] = True
        return ~beside

    def evened(self, values: FloatArray, times: int, where: NDArray[np.bool_] | None = None) -> FloatArray:
        """(q, k) averaged over neighbours so many times, everywhere or where it is said (q,)."""
        for _ in range(times):
            mean = self.mean @ values
            values = mean if where is None else np.where(where[:, None], mean, values)
        return values
