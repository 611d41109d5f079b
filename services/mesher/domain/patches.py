"""A mesh carried by fewer points: nodes some centimetres apart, each with the vertices about it.

A vertex goes with the nodes near it as if it were fixed to each of them, so that what nodes do is done evenly, and what is
finer than nodes, such as a hem, keeps its shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from services.mesher.domain.surface import FloatArray, IntArray

_NODE_M = 0.045
_NEAR = 6
"""Nodes that a vertex may go with: its own, and those that are linked to it."""
_LEAST_SHARE = 1e-6


@dataclass(frozen=True, slots=True, repr=False)
class Patches:
    """N nodes of n vertices, and e links between nodes that hold neighbours."""

    gather: sparse.csr_array
    """(N, n) means over the vertices of each node."""
    rest: FloatArray
    """(N, 3) the nodes at rest."""
    ends: IntArray
    """(e, 2) linked nodes."""
    around: sparse.csr_array
    """(N, e) sums over the links of each node."""
    near: IntArray
    """(n, k) nodes that each vertex goes with."""
    share: FloatArray
    """(n, k) weights of them that sum to 1."""
    offset: FloatArray
    """(n, k, 3) from each of them to the vertex, at rest."""

    @classmethod
    def of(cls, points: FloatArray, edges: IntArray) -> Patches:
        """Nodes of vertices (n, 3) and edges (E, 2)."""
        node = _nodes(points)
        count = int(node.max()) + 1
        number = np.arange(len(points))
        members = sparse.csr_array((np.ones(len(points)), (node, number)), shape=(count, len(points)))
        gather = sparse.csr_array(sparse.diags_array(1.0 / members.sum(axis=1)) @ members)
        rest: FloatArray = gather @ points
        ends = np.unique(np.sort(node[edges], axis=1), axis=0)
        ends = ends[ends[:, 0] != ends[:, 1]]
        link = np.tile(np.arange(len(ends)), 2)
        around = sparse.csr_array((np.ones(len(link)), (ends.T.ravel(), link)), shape=(count, len(ends)))
        distance, near = cKDTree(rest).query(points, k=min(_NEAR, count))
        distance, near = distance.reshape(len(points), -1), near.reshape(len(points), -1)
        linked = sparse.csr_array(around @ around.T)
        known = np.asarray(linked[np.repeat(node, near.shape[1]), near.ravel()]).reshape(near.shape) > 0.0
        share = known * np.exp(-((distance / _NODE_M) ** 2)) + _LEAST_SHARE
        share /= share.sum(axis=1, keepdims=True)
        return cls(gather, rest, ends, around, near, share, points[:, None] - rest[near])

    def gathered(self, values: FloatArray) -> FloatArray:
        """(n, ...) of vertices -> (N, ...) of nodes."""
        gathered: FloatArray = self.gather @ values
        return gathered

    def at(self, nodes: FloatArray) -> FloatArray:
        """The vertices (n, 3) about nodes (N, 3) that lie elsewhere."""
        turns = self._turns(nodes)[self.near]
        carried = np.einsum("nkxy,nky->nkx", turns, self.offset) + nodes[self.near]
        placed: FloatArray = np.einsum("nk,nkx->nx", self.share, carried)
        return placed

    def _turns(self, nodes: FloatArray) -> FloatArray:
        """(N, 3, 3) the rotation that best takes the links of each node from where they were to where they are."""
        before, after = (each[self.ends[:, 1]] - each[self.ends[:, 0]] for each in (self.rest, nodes))
        products = (after[:, :, None] * before[:, None, :]).reshape(-1, 9)
        left, _, right = np.linalg.svd((self.around @ products).reshape(-1, 3, 3))
        left[:, :, 2] *= np.linalg.det(left @ right)[:, None]
        turns: FloatArray = left @ right
        return turns


def _nodes(points: FloatArray) -> IntArray:
    """(n,) the node of each vertex (n, 3): those in one cube of a lattice are one."""
    cell = np.floor((points - points.min(axis=0)) / _NODE_M).astype(np.int64)
    _, node = np.unique(cell, axis=0, return_inverse=True)
    return node.reshape(-1)
