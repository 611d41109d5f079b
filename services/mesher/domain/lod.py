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
from services.mesher.domain.skin import Fitting, Skin
from services.mesher.domain.surface import FloatArray, IntArray

BODY_TRIANGLES = (26_756, 12_000, 5_000, 2_000)
"""Triangles of the whole body at each level; every other mesh keeps the same share of its own."""
_LEAST = 96
"""A mesh of no more triangles than this stays whole: an eye must stay round."""
_NO_AREA_M2 = 1e-10

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
"""How far skin that cloth covers sinks at each level, lest it shows where large triangles of both cross. Lifting the
cloth as well was tried: it cost 35 ms, hid no more, and tore folds under the arms."""


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


def coarse(part: Part, lod: int) -> Part:
    """Any part at a level of detail."""
    return only(part, _thinned(part, lod)) if lod > 0 else part


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
    kept: IntArray = chosen[:used].reshape(-1, 3).astype(np.int64)
    return kept


def _thinned(part: Part, lod: int) -> IntArray:
    """(m, 3) the triangles of a part at a level of detail."""
    # Strands of hair that do not hang end in triangles without area, which would hold all their vertices.
    area = np.linalg.norm(surface.areas(part.positions, part.triangles), axis=1)
    triangles: IntArray = part.triangles[area > _NO_AREA_M2]
    count = max(round(_share(lod) * len(triangles)), _LEAST)
    if count >= len(triangles):
        return triangles
    attributes = [_NORMAL * part.normals]
    if part.uv is not None:
        attributes.append(part.uv)
    return simplify(part.positions, triangles, count, attributes)


def _share(lod: int) -> float:
    return BODY_TRIANGLES[lod] / BODY_TRIANGLES[0]
