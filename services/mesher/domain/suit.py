"""The overall that every garment is cut from: a close-fitting shell around torso, arms and legs.

It comes from the template, so it follows the body's shape; `taut` spans it over hollows as cloth would.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bodymodel.template import Template
from services.mesher.domain import surface
from services.mesher.domain.surface import FloatArray, IntArray

GROUP = "helper-tights"

# Each pass moves a vertex at most half way to its neighbours' mean, so hollows fill over about the square root
# of the passes in vertex distances of 3 cm: 14 passes span breasts and buttocks and leave waist and knees.
_PASSES = 14
_STEP = 0.5
_REACH = 0.03


@dataclass(frozen=True, slots=True)
class Suit:
    """Fixed topology of the overall, coarse as in the template and refined for cutting."""

    indices: IntArray
    """(s,) template vertices of the coarse overall."""
    triangles: IntArray
    """(t, 3) coarse triangles."""
    corners: sparse.csr_array
    """(s, t) `surface.incidence` of the coarse triangles."""
    mean: sparse.csr_array
    """(s, s) takes each coarse vertex to the mean of its neighbours."""
    reach: FloatArray
    """(s,) how far each coarse vertex may leave its place, metres: cloth lies on neck and shoulders."""
    fine: surface.Patch
    """The refined overall; its rows combine the s coarse vertices."""

    @classmethod
    def of(cls, template: Template) -> Suit:
        """Build it from the template's topology."""
        indices, quads = np.unique(template.groups[GROUP].quads, return_inverse=True)
        quads = quads.reshape(-1, 4)
        rows, fine_quads = surface.refine(quads, len(indices))
        triangles = surface.triangulate(quads)
        return cls(
            indices=indices,
            triangles=triangles,
            corners=surface.incidence(triangles, len(indices)),
            mean=surface.neighbour_mean(triangles, len(indices)),
            reach=_reach(template, indices),
            fine=surface.Patch(rows, surface.triangulate(fine_quads), np.full(rows.shape[0], -1)),
        )

    def taut(self, vertices: FloatArray) -> FloatArray:
        """(V, 3) body -> (s, 3) coarse overall, pulled straight over hollows.

        Vertices move along their normals and outwards only: cloth that starts outside the body stays there.
        """
        rest = vertices[self.indices]
        normals = surface.vertex_normals(rest, self.triangles, self.corners)
        lift = np.zeros(len(rest), np.float32)
        for _ in range(_PASSES):
            moved = rest + lift[:, None] * normals
            hollow = np.einsum("ij,ij->i", self.mean @ moved - moved, normals)
            lift += np.float32(_STEP) * np.maximum(hollow, 0.0)
        return rest + np.minimum(lift, self.reach)[:, None] * normals


def _reach(template: Template, indices: IntArray) -> FloatArray:
    close = [
        number for number, name in enumerate(template.bones) if name in ("Neck", "Head") or "Shoulder" in name
    ]
    share = (template.weights[indices] * np.isin(template.joints[indices], close)).sum(axis=1)
    return (_REACH * np.maximum(1.0 - 1.5 * share, 0.04)).astype(np.float32)
