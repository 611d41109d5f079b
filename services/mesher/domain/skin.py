"""The body's own parts: skin, eyes and lashes, each bound to the template once and for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bodymodel.template import Template
from services.mesher.domain import paint, surface
from services.mesher.domain.finish import eight_bit, linear_rgb, only
from services.mesher.domain.model import Material, Part
from services.mesher.domain.obstacle import Layer
from services.mesher.domain.surface import FloatArray, IntArray

LICENCE = "CC0-1.0"
SOURCE = "MakeHuman base mesh, shaped by the body model"
_EYES = ("helper-l-eye", "helper-r-eye")
_LASHES = tuple(f"helper-{side}-eyelashes-{row}" for side in "lr" for row in (1, 2))
# Lashes are drawn as the dark line that their roots make: the whole strips would look like heavy make-up.
_LASH_LENGTH = 0.42
_LASH_COLOR = (0.012, 0.009, 0.008)


@dataclass(frozen=True, slots=True)
class Skin:
    """The body's surface, with vertices split where the texture has seams."""

    source: IntArray
    """(n,) template vertex of each drawn vertex."""
    uv: FloatArray
    """(n, 2) float32, origin at the upper left."""
    triangles: IntArray
    """(m, 3) drawn vertices."""
    surface_triangles: IntArray
    """(m, 3) the same triangles in template vertices: seams closed, for normals."""
    corners: sparse.csr_array
    joints: IntArray
    weights: IntArray
    texture: paint.Texture

    @classmethod
    def of(cls, template: Template, reference: FloatArray) -> Skin:
        """Split seams and paint the face on the reference body."""
        pairs = np.stack([template.body.triangles, template.body.uv_triangles], axis=2).reshape(-1, 2)
        unique, number = np.unique(pairs, axis=0, return_inverse=True)
        uv = template.uv[unique[:, 1]].astype(np.float32)
        uv[:, 1] = 1.0 - uv[:, 1]
        closed = template.body.triangles.astype(np.int64)
        joints, weights = eight_bit(template.joints.astype(np.int64), template.weights)
        return cls(
            source=unique[:, 0],
            uv=uv,
            triangles=number.reshape(-1, 3),
            surface_triangles=closed,
            corners=surface.incidence(closed, template.body_vertices),
            joints=joints[unique[:, 0]],
            weights=weights[unique[:, 0]],
            texture=paint.face(template, reference),
        )

    def normals(self, vertices: FloatArray) -> FloatArray:
        """(V, 3) body -> (N, 3) unit normals of its surface vertices, smooth across seams."""
        return surface.vertex_normals(vertices[: self.corners.shape[0]], self.surface_triangles, self.corners)

    def layer(self, vertices: FloatArray, normals: FloatArray, touchable: Touchable) -> Layer:
        """The skin as an obstacle: its vertices and, between them, the middles of its quads."""
        middles = vertices[touchable.quads].mean(axis=1)
        between = normals[touchable.quads].sum(axis=1)
        between /= np.linalg.norm(between, axis=1, keepdims=True)
        return Layer(
            np.concatenate([vertices[touchable.vertices], middles]),
            np.concatenate([normals[touchable.vertices], between]),
            touchable.trunk,
        )

    def part(self, vertices: FloatArray, normals: FloatArray, hidden: IntArray, color: str) -> Part:
        """The mesh `body`, without the triangles whose three vertices are all `hidden` (template vertices)."""
        out_of_sight = np.zeros(len(normals), bool)
        out_of_sight[hidden] = True
        whole = Part(
            name="body",
            positions=vertices[self.source].astype(np.float32),
            normals=normals[self.source].astype(np.float32),
            triangles=self.triangles,
            joints=self.joints,
            weights=self.weights,
            material=Material("skin", linear_rgb(color), 0.62, texture=self.texture),
            licence=LICENCE,
            source=SOURCE,
            uv=self.uv,
        )
        return only(whole, self.triangles[~out_of_sight[self.surface_triangles].all(axis=1)])


@dataclass(frozen=True, slots=True)
class Touchable:
    """Skin that cloth can touch: all but the face and the outer finger joints."""

    vertices: IntArray
    """(v,) template vertices."""
    quads: IntArray
    """(q, 4) template vertices."""
    trunk: NDArray[np.bool_]
    """(v + q,) whether a vertex, then a quad, belongs to no arm."""

    @classmethod
    def of(cls, template: Template) -> Touchable:
        """Choose by the bone that holds a vertex strongest."""
        names = np.array(template.bones)[template.dominant_bones()[: template.body_vertices]]
        chosen = np.array([name != "Head" and not ("Hand" in name and name[-1] in "23") for name in names])
        trunk = np.array(["Arm" not in name and "Hand" not in name for name in names])
        quads = template.body.quads[chosen[template.body.quads].all(axis=1)]
        vertices = np.flatnonzero(chosen)
        return cls(vertices, quads, np.concatenate([trunk[vertices], trunk[quads].all(axis=1)]))


@dataclass(frozen=True, slots=True)
class Fitting:
    """A small part that follows the head as the template does: both eyes, or all lashes."""

    name: str
    patch: surface.Patch
    corners: sparse.csr_array
    joints: IntArray
    weights: IntArray
    uv: FloatArray | None
    material: Material

    def part(self, vertices: FloatArray) -> Part:
        """The part on one body."""
        points = (self.patch.rows @ vertices).astype(np.float32)
        return Part(
            name=self.name,
            positions=points,
            normals=surface.vertex_normals(points, self.patch.triangles, self.corners).astype(np.float32),
            triangles=self.patch.triangles,
            joints=self.joints,
            weights=self.weights,
            material=self.material,
            licence=LICENCE,
            source=SOURCE,
            uv=self.uv,
        )


def eyes(template: Template, reference: FloatArray) -> Fitting:
    """Both eyeballs; the iris is mapped from straight ahead, so that it stays round on every eyeball."""
    patch = _patch(template, _EYES)
    points = patch.rows @ reference
    uv = np.zeros((len(points), 2), np.float32)
    for side in (points[:, 0] > 0.0, points[:, 0] <= 0.0):
        low, high = points[side].min(axis=0), points[side].max(axis=0)
        offset = (points[side] - (low + high) / 2.0) / (high[1] - low[1]) * 2.0
        uv[side] = 0.5 + 0.5 * offset[:, :2] * [1.0, -1.0] / paint.EYE_REACH
    material = Material("eyes", (0.9, 0.89, 0.87), 0.3, texture=paint.eye())
    return _fitting("eyes", template, patch, uv, material)


def lashes(template: Template, reference: FloatArray) -> Fitting:
    """The line of the lashes' roots along both lids of both eyes."""
    patch = _patch(template, _LASHES)
    points = patch.rows @ reference
    balls = _patch(template, _EYES).rows @ reference
    beyond = np.zeros(len(points))
    for side, ball in ((points[:, 0] > 0.0, balls[:, 0] > 0.0), (points[:, 0] <= 0.0, balls[:, 0] <= 0.0)):
        centre = (balls[ball].min(axis=0) + balls[ball].max(axis=0)) / 2.0
        distance = np.linalg.norm(points[side] - centre, axis=1)
        beyond[side] = (distance - distance.min()) / np.ptp(distance)
    cut = surface.clip(patch, [_LASH_LENGTH - beyond])
    material = Material("lashes", _LASH_COLOR, 0.9, double_sided=True)
    return _fitting("lashes", template, cut, None, material)


def _patch(template: Template, groups: tuple[str, ...]) -> surface.Patch:
    quads = np.concatenate([template.groups[name].quads for name in groups])
    vertices, number = np.unique(quads, return_inverse=True)
    count = len(vertices)
    entries = (np.ones(count, np.float32), (np.arange(count), vertices))
    rows = sparse.csr_array(entries, shape=(count, len(template.weights)))
    return surface.Patch(rows, surface.triangulate(number.reshape(-1, 4)), np.full(count, -1))


def _fitting(
    name: str, template: Template, patch: surface.Patch, uv: FloatArray | None, material: Material
) -> Fitting:
    count = patch.rows.shape[0]
    head = np.zeros((count, 4), np.uint8)
    head[:, 0] = template.bones.index("Head")
    weights = np.zeros((count, 4), np.uint8)
    weights[:, 0] = 255
    return Fitting(name, patch, surface.incidence(patch.triangles, count), head, weights, uv, material)
