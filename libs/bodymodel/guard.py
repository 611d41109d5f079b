"""What keeps a corrected body from growing lumps: a limit on how sharply its surface may bend, limb by limb.

A measurement can be forced by a local dent or bulge long before any coefficient looks unusual. The bending of a region
is the root mean square of the surface's Laplacian (each vertex against the mean of its neighbours), taken of the
difference to the mean body. It is a quadratic form in the coefficients, so a body costs ten products of 96 numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bodymodel.arrays import FloatArray, IntArray
from bodymodel.shape import ShapeSpace
from bodymodel.template import Template


@dataclass(frozen=True, slots=True, repr=False)
class Bending:
    """How sharply bodies bend away from the mean body in each of R regions."""

    roots: FloatArray
    """(R, K, K) float64 triangular roots: the bending of region r is the length of `roots[r] @ c`, metres."""

    @classmethod
    def of(cls, template: Template, basis: FloatArray) -> Bending:
        """The regions of the template's girths, in the order of their names; `basis` (K, V, 3) metres."""
        laplacian = _laplacian(template)
        bent = np.stack([laplacian @ offsets for offsets in basis[:, : template.body_vertices]])
        roots = []
        for name in sorted(template.regions):
            here = bent[:, np.unique(template.regions[name])].reshape(len(basis), -1)
            roots.append(np.linalg.qr(here.T / np.sqrt(here.shape[1] / 3.0), mode="r"))
        return cls(np.stack(roots))

    def of_body(self, coefficients: FloatArray) -> FloatArray:
        """(K,) -> (R,) bending of each region, metres."""
        bending: FloatArray = np.linalg.norm(self.roots @ coefficients, axis=1)
        return bending


@dataclass(frozen=True, slots=True, repr=False)
class Guard:
    """Says whether a correction may go to a body."""

    bending: Bending
    limits: FloatArray
    """(R,) largest bending, metres."""

    @classmethod
    def of(cls, template: Template, space: ShapeSpace) -> Guard:
        """The guard that belongs to a shape space."""
        basis = space.surface.basis.reshape(space.size, -1, 3)
        return cls(Bending.of(template, basis), space.bending_limits)

    def widened(self, start: FloatArray) -> Guard:
        """The guard for corrections of a body (K,) that may break the rule itself: they must not make it worse."""
        return Guard(self.bending, np.maximum(self.limits, self.bending.of_body(start)))

    def allows(self, coefficients: FloatArray) -> bool:
        """Whether no region bends more than the limit."""
        return bool((self.bending.of_body(coefficients) <= self.limits).all())


def _laplacian(template: Template) -> sparse.csr_array:
    """(n, n) over the body's n vertices: each one less the mean of its neighbours."""
    quads = template.body.quads
    pairs = np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2)
    pairs = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    count = template.body_vertices
    degree = np.bincount(pairs[:, 0], minlength=count)
    shares = -1.0 / degree[pairs[:, 0]]
    rows: IntArray = np.concatenate([pairs[:, 0], np.arange(count)])
    columns = np.concatenate([pairs[:, 1], np.arange(count)])
    return sparse.csr_array((np.concatenate([shares, np.ones(count)]), (rows, columns)), shape=(count, count))
