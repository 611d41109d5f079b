"""The body's own parts: skin, eyes, lashes, teeth and tongue, each bound to the template once and for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bodymodel.template import Template
from services.mesher.domain import paint, surface
from services.mesher.domain.finish import eight_bit, linear_rgb, only
from services.mesher.domain.model import Material, Part
from services.mesher.domain.morphs import Bound
from services.mesher.domain.obstacle import Layer
from services.mesher.domain.surface import FloatArray, IntArray

LICENCE = "CC0-1.0"
SOURCE = "MakeHuman base mesh, shaped by the body model"
_EYES = ("helper-l-eye", "helper-r-eye")
_LASHES = tuple(f"helper-{side}-eyelashes-{row}" for side in "lr" for row in (1, 2))
# Lashes are drawn as the dark line that their roots make: the whole strips would look like heavy make-up.
_LASH_LENGTH = 0.42
_LASH_COLOR = (0.012, 0.009, 0.008)
_TEETH = ("helper-upper-teeth", "helper-lower-teeth")
_TONGUE = ("helper-tongue",)
_TEETH_DRAWN_IN = 0.1
# Behind the front teeth light fades over this way, metres, to this share.
_MOUTH_DEPTH = 0.03
_MOUTH_DARKEST = 0.15


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
    """(26756, 3) triangles of the whole body in template vertices: seams closed, for normals."""
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

    def part(
        self, vertices: FloatArray, normals: FloatArray, hidden: IntArray, color: str, sunk: float
    ) -> Part:
        """The mesh `body`, without the triangles whose three vertices are all `hidden` (template vertices).

        Hidden vertices that are left lie `sunk` metres below the skin.
        """
        out_of_sight = np.zeros(len(normals), bool)
        out_of_sight[hidden] = True
        depth = np.where(out_of_sight, sunk, 0.0)[self.source, None]
        directions = normals[self.source]
        whole = Part(
            name="body",
            positions=(vertices[self.source] - depth * directions).astype(np.float32),
            normals=directions.astype(np.float32),
            triangles=self.triangles,
            joints=self.joints,
            weights=self.weights,
            material=Material("skin", linear_rgb(color), 0.62, texture=self.texture),
            licence=LICENCE,
            source=SOURCE,
            uv=self.uv,
            origin=np.arange(len(self.source)),
        )
        return only(whole, self.triangles[~out_of_sight[self.source[self.triangles]].all(axis=1)])

    def bound(self, template: Template) -> Bound:
        """How it follows the template."""
        count = self.corners.shape[0]
        rows = sparse.eye_array(count, len(template.weights), dtype=np.float32, format="csr")
        return Bound(rows, self.surface_triangles, self.source)


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
    """A small part that follows the head as the template does: both eyes, all lashes, all teeth, the tongue."""

    name: str
    patch: surface.Patch
    triangles: IntArray
    """(m, 3) what is drawn of the patch."""
    corners: sparse.csr_array
    joints: IntArray
    weights: IntArray
    uv: FloatArray | None
    material: Material
    colors: IntArray | None

    def part(self, vertices: FloatArray) -> Part:
        """The part on one body."""
        points = (self.patch.rows @ vertices).astype(np.float32)
        whole = Part(
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
            colors=self.colors,
            origin=np.arange(len(points)),
        )
        return only(whole, self.triangles)

    def bound(self) -> Bound:
        """How it follows the template."""
        return Bound(self.patch.rows, self.patch.triangles, np.arange(self.patch.rows.shape[0]))


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


def teeth(template: Template, reference: FloatArray) -> Fitting:
    """Both rows of teeth; the lower one goes with the jaw's shapes."""
    patch = _patch(template, _TEETH)
    rows = [_patch(template, (name,)).rows for name in _TEETH]
    # The helper's teeth touch the lips; a little smaller, they stay behind them.
    drawn_in = patch.rows * (1.0 - _TEETH_DRAWN_IN)
    for row in rows:
        mine = patch.rows @ row.sum(axis=0)
        drawn_in += _TEETH_DRAWN_IN * sparse.csr_array(np.outer(mine, row.mean(axis=0)))
    patch = surface.Patch(drawn_in.astype(np.float32), patch.triangles, patch.border)
    material = Material("teeth", (0.80, 0.76, 0.66), 0.25, double_sided=True)
    return _fitting("teeth", template, patch, None, material, _shade(patch, reference))


def tongue(template: Template, reference: FloatArray) -> Fitting:
    """The tongue, lying on the floor of the mouth."""
    patch = _patch(template, _TONGUE)
    material = Material("tongue", (0.42, 0.12, 0.12), 0.45)
    return _fitting("tongue", template, patch, None, material, _shade(patch, reference))


def _shade(patch: surface.Patch, reference: FloatArray) -> IntArray:
    """(n, 4) uint8: the deeper in the mouth, the less light comes in."""
    depth = patch.rows @ reference[:, 2]
    light = np.clip(1.0 - (depth.max() - depth) / _MOUTH_DEPTH, _MOUTH_DARKEST, 1.0)
    level = np.rint(255.0 * light).astype(np.uint8)
    return np.stack([level, level, level, np.full_like(level, 255)], axis=1)


def _patch(template: Template, groups: tuple[str, ...]) -> surface.Patch:
    quads = np.concatenate([template.groups[name].quads for name in groups])
    vertices, number = np.unique(quads, return_inverse=True)
    count = len(vertices)
    entries = (np.ones(count, np.float32), (np.arange(count), vertices))
    rows = sparse.csr_array(entries, shape=(count, len(template.weights)))
    return surface.Patch(rows, surface.triangulate(number.reshape(-1, 4)), np.full(count, -1))


def _fitting(
    name: str,
    template: Template,
    patch: surface.Patch,
    uv: FloatArray | None,
    material: Material,
    colors: IntArray | None = None,
) -> Fitting:
    count = patch.rows.shape[0]
    head = np.zeros((count, 4), np.uint8)
    head[:, 0] = template.bones.index("Head")
    weights = np.zeros((count, 4), np.uint8)
    weights[:, 0] = 255
    corners = surface.incidence(patch.triangles, count)
    return Fitting(name, patch, patch.triangles, corners, head, weights, uv, material, colors)
