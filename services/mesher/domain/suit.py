"""The overall that every garment is cut from: a close-fitting shell around torso, arms and legs.

It comes from the template, so it follows the body's shape; `taut` spans it over hollows as cloth would.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, sparse

from bodymodel.template import Template
from services.mesher.domain import hull, surface
from services.mesher.domain.anatomy import Levels
from services.mesher.domain.surface import FloatArray, IntArray

GROUP = "helper-tights"

# Each pass moves a vertex at most half way to its neighbours' mean, so hollows fill over about the square root
# of the passes in vertex distances of 3 cm: 24 passes span breasts and buttocks and leave waist and knees.
_PASSES = 24
_STEP = 0.5
_SEAT_LEVELS = 14
_SEAT_FADE = 0.06
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
    trunk: IntArray
    """Coarse vertices that belong to no arm."""
    fine: surface.Patch
    """The refined overall; its rows combine the s coarse vertices."""
    trunk_edges: IntArray
    """(e, 2) edges of the refined overall that belong to no arm."""

    @classmethod
    def of(cls, template: Template) -> Suit:
        """Build it from the template's topology."""
        indices, quads = np.unique(template.groups[GROUP].quads, return_inverse=True)
        quads = quads.reshape(-1, 4)
        rows, fine_quads = surface.refine(quads, len(indices))
        triangles, fine_triangles = surface.triangulate(quads), surface.triangulate(fine_quads)
        edges = surface.undirected_edges(fine_triangles)
        arms = [number for number, name in enumerate(template.bones) if "Arm" in name or "Hand" in name]
        arm = np.isin(template.dominant_bones()[indices], arms)
        return cls(
            indices=indices,
            triangles=triangles,
            corners=surface.incidence(triangles, len(indices)),
            mean=surface.neighbour_mean(triangles, len(indices)),
            reach=_reach(template, indices),
            trunk=np.flatnonzero(~arm),
            fine=surface.Patch(rows, fine_triangles, np.full(rows.shape[0], -1)),
            trunk_edges=edges[~(rows @ arm > 0.0)[edges].any(axis=1)],
        )

    def taut(self, vertices: FloatArray, levels: Levels) -> FloatArray:
        """(V, 3) body -> (s, 3) coarse overall, pulled straight over hollows.

        Vertices move outwards only: cloth that starts outside the body stays there.
        """
        return self._span_seat(self._fill_hollows(vertices), levels)

    def _fill_hollows(self, vertices: FloatArray) -> FloatArray:
        """Vertices that lie deeper than their neighbours' mean move along their normals."""
        rest = vertices[self.indices]
        normals = surface.vertex_normals(rest, self.triangles, self.corners)
        lift = np.zeros(len(rest), np.float32)
        for _ in range(_PASSES):
            moved = rest + lift[:, None] * normals
            hollow = np.einsum("ij,ij->i", self.mean @ moved - moved, normals)
            lift += np.float32(_STEP) * np.maximum(hollow, 0.0)
        return rest + np.minimum(lift, self.reach)[:, None] * normals

    def _span_seat(self, coarse: FloatArray, levels: Levels) -> FloatArray:
        """Between waist and crotch the overall spans the hull of its level sections, fading out at both ends."""
        heights = np.linspace(levels.waist, levels.crotch, _SEAT_LEVELS)
        mine = self.trunk[(coarse[self.trunk, 1] < levels.waist) & (coarse[self.trunk, 1] > levels.crotch)]
        if len(mine) == 0:
            return coarse
        points = coarse[mine].astype(np.float64)
        centre = points.mean(axis=0)
        table = hull.section_radii(self.fine.rows @ coarse, self.trunk_edges, heights, centre)
        x, z = points[:, 0] - centre[0], points[:, 2] - centre[2]
        row = (levels.waist - points[:, 1]) / (heights[0] - heights[1])
        column = (np.arctan2(x, z) + np.pi) / (2.0 * np.pi) * table.shape[1]
        around = np.pad(table, ((0, 0), (0, 1)), mode="wrap")
        spanned = ndimage.map_coordinates(around, [row, column], order=1, mode="nearest")
        fade = np.minimum(levels.waist - points[:, 1], points[:, 1] - levels.crotch) / _SEAT_FADE
        grown = 1.0 + np.clip(fade, 0.0, 1.0) * np.maximum(spanned / np.hypot(x, z) - 1.0, 0.0)
        moved = coarse.copy()
        moved[mine, 0], moved[mine, 2] = centre[0] + x * grown, centre[2] + z * grown
        return moved


def _reach(template: Template, indices: IntArray) -> FloatArray:
    close = [
        number for number, name in enumerate(template.bones) if name in ("Neck", "Head") or "Shoulder" in name
    ]
    share = (template.weights[indices] * np.isin(template.joints[indices], close)).sum(axis=1)
    reach: FloatArray = (_REACH * np.maximum(1.0 - 1.5 * share, 0.04)).astype(np.float32)
    return reach
