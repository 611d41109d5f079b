"""Levels of detail: the same meshes with fewer triangles.

Vertices are left out, never moved, so skin weights, texture coordinates and face shapes carry over as they are.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import replace

import meshoptimizer
import numpy as np

from bodymodel.face import FaceShapes
from services.mesher.domain import surface
from services.mesher.domain.finish import only
from services.mesher.domain.model import Part
from services.mesher.domain.obstacle import Layer, Obstacle
from services.mesher.domain.skin import Fitting, Skin
from services.mesher.domain.surface import FloatArray, IntArray

BODY_TRIANGLES = (26_756, 12_000, 5_000, 2_000)
"""Triangles of the whole body at each level; every other mesh keeps the same share of its own."""
_LEAST = 96
"""A mesh of no more triangles than this stays whole: an eye must stay round."""

# What a deviation costs, in the simplifier's unit: the longest side of the mesh. A normal that is off by all its
# length costs as much as a tenth of the body's height, on the face three times as much.
_NORMAL = 0.1
_FACE_NORMAL = 0.3
_FACE_MOVES_M = 0.002
_PICTURE_M = 0.7
"""Metres of skin that the width of the body's picture covers, about."""
_MOST_TELLING = (
    "jawOpen",
    "eyeBlinkLeft",
    "eyeBlinkRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFunnel",
)
"""Face shapes whose movement must survive: those of lids, jaw and lips."""

SUNK_M = (0.0, 0.004, 0.010, 0.018)
"""How far skin that cloth covers sinks at each level: large triangles of both would cut through each other."""
_CLEARANCE_M = (0.0, 0.002, 0.003, 0.004)
_SAMPLES = (0, 1, 2, 4)
"""Steps along each side of a triangle at which cloth is kept off it, by level."""


def coarse_skin(skin: Skin, vertices: FloatArray, face: FaceShapes, lod: int) -> Skin:
    """The skin at a level of detail, from a standing body (V, 3); seams stay closed, the face keeps the most."""
    if lod == 0:
        return skin
    positions, normals = vertices[skin.source], skin.normals(vertices)[skin.source]
    extent = float(np.ptp(positions, axis=0).max())
    moved = np.zeros((len(face.names), len(vertices), 3), np.float32)
    for shape, at, offsets in zip(moved, face.vertices, face.offsets, strict=True):
        shape[at] = offsets
    telling = moved[[face.names.index(name) for name in _MOST_TELLING]][:, skin.source]
    reach = np.linalg.norm(moved, axis=2).max(axis=0)[skin.source]
    weight = _NORMAL + (_FACE_NORMAL - _NORMAL) * np.clip(reach / _FACE_MOVES_M, 0.0, 1.0)
    attributes = [weight[:, None] * normals, *(telling / extent), skin.uv * (_PICTURE_M / extent)]
    # Stature must stay, so the highest point and the lowest ones do.
    height = positions[:, 1]
    locked = (height == height.max()) | (height == height.min())
    triangles = simplify(positions, skin.triangles, BODY_TRIANGLES[lod], attributes, locked)
    return replace(skin, triangles=triangles)


def coarse_fitting(fitting: Fitting, vertices: FloatArray, lod: int) -> Fitting:
    """A small part at a level of detail, from a standing body (V, 3)."""
    return replace(fitting, triangles=_thinned(fitting.part(vertices), lod))


def coarse_cover(cover: Sequence[Part], skin: Part, lod: int) -> list[Part]:
    """Cloth and hair at a level of detail, from the skin outwards, each kept outside of what lies below it."""
    thin, layers = [], [_layer(skin, lod)]
    for part in cover:
        coarse = only(part, _thinned(part, lod))
        points = Obstacle.of(layers).push_out(coarse.positions, coarse.triangles, _CLEARANCE_M[lod])
        coarse = replace(coarse, positions=points.astype(np.float32))
        layers.append(_layer(coarse, lod))
        thin.append(coarse)
    return thin


def simplify(
    positions: FloatArray,
    triangles: IntArray,
    count: int,
    attributes: Sequence[FloatArray],
    locked: IntArray | None = None,
) -> IntArray:
    """About `count` of the triangles (m, 3), over the same vertices.

    `attributes` (n, k) each are what a collapse should leave as it is, besides the shape; `locked` (n,) vertices stay.
    """
    points = np.ascontiguousarray(positions, np.float32)
    values = np.ascontiguousarray(np.concatenate(attributes, axis=1), np.float32)
    indices = np.ascontiguousarray(triangles, np.uint32).ravel()
    chosen = np.zeros_like(indices)
    # The wheel declares no argument types for this call: what lies on the stack must be as wide as C expects.
    used = meshoptimizer.simplify_with_attributes(
        chosen,
        indices,
        points,
        values,
        np.ones(values.shape[1], np.float32),
        vertex_attributes_stride=ctypes.c_size_t(values.strides[0]),
        attribute_count=ctypes.c_size_t(values.shape[1]),
        vertex_lock=locked,
        target_index_count=ctypes.c_size_t(3 * count),
        target_error=ctypes.c_float(1.0),
    )
    return chosen[:used].reshape(-1, 3).astype(np.int64)


def _thinned(part: Part, lod: int) -> IntArray:
    """(m, 3) the triangles of a part at a level of detail."""
    share = BODY_TRIANGLES[lod] / BODY_TRIANGLES[0]
    count = max(round(share * len(part.triangles)), _LEAST)
    if count >= len(part.triangles):
        return part.triangles
    attributes = [_NORMAL * part.normals]
    if part.uv is not None:
        attributes.append(part.uv)
    return simplify(part.positions, part.triangles, count, attributes)


def _layer(part: Part, lod: int) -> Layer:
    """The flat triangles of a part as something to stay outside of, sampled on a grid."""
    steps = _SAMPLES[lod] + 1
    grid = [(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]
    shares = np.array(grid, np.float32) / steps
    points = np.einsum("sc,mcx->msx", shares, part.positions[part.triangles]).reshape(-1, 3)
    flat = surface.unit(surface.areas(part.positions, part.triangles))
    return Layer(points, np.repeat(flat, len(shares), axis=0), np.ones(len(points), bool))
