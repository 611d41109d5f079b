"""Where a posed body runs through itself: points of its skin that lie inside another part of it, and how deep.

A point just above the skin is outside a body that does not cut itself, so a ray from there to anywhere crosses the skin
an even number of times; an odd number says that the point lies inside something else: the part of the body whose skin is
nearest, as deep as that skin is far. Skin that folds onto its own part has odd numbers too, and so has a ray that grazes an
edge; those points lie before the other part's skin, not behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import open3d as o3d
from numpy.typing import NDArray

from bodypose.arrays import FloatArray, IntArray
from bodypose.skeleton import BONES
from training.poses.bodies import caster, soft_skin, template

FLESH_GIVES_MM = 8.0
"""Parts may touch: so much is less than a finger sinks into a hip that it rests on."""
_LIFT_M = 1e-4
_ANYWHERE = np.array([0.337, 0.729, 0.596], np.float32)
_CREASE = 0.01
"""Skin that hangs by so much on a bone of the other part belongs to the crease between them."""
_FINE = ("hand", "foot", "head")
_LIMBS: Mapping[str, str] = {
    "Arm": "arm",
    "ForeArm": "forearm",
    "UpLeg": "thigh",
    "Leg": "shin",
    "Foot": "foot",
    "ToeBase": "foot",
}
_FOLDS = frozenset(
    {
        frozenset({"trunk", "thigh"}),
        frozenset({"arm", "forearm"}),
        frozenset({"thigh", "shin"}),
        frozenset({"forearm", "hand"}),
        frozenset({"shin", "foot"}),
        frozenset({"trunk", "head"}),
    }
)
"""Parts that a joint folds onto each other: belly and thigh, calf and thigh press flat in life, and hide where they do."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two parts of a body that run through each other."""

    first: str
    second: str
    depth_mm: float
    """Of the deepest point."""
    where: FloatArray
    """(3,) metres: that point."""


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    names: tuple[str, ...]
    of_vertex: IntArray
    """(V,) part of each vertex."""
    shares: FloatArray
    """(V, parts) how much of each vertex hangs on the bones of each part."""
    of_triangle: IntArray
    """(F,) part of each triangle."""
    folds: NDArray[np.bool_]
    """(parts, parts) pairs whose overlap is none."""
    looked_at: IntArray
    """Vertices that are tried: every third where skin is modelled finely."""


def overlaps(skin: FloatArray) -> list[Overlap]:
    """All pairs of parts that run through each other on a posed skin (V, 3), the deepest first."""
    parts = _parts()
    start = (skin + _LIFT_M * _normals(skin))[parts.looked_at].astype(np.float32)
    crossed = _crossings(caster(skin), start, np.broadcast_to(_ANYWHERE, start.shape))
    inside = parts.looked_at[crossed % 2 == 1]
    found = [
        overlap
        for part in np.unique(parts.of_vertex[inside])
        for overlap in _of_part(parts, skin, int(part), inside[parts.of_vertex[inside] == part])
    ]
    return sorted(found, key=lambda overlap: -overlap.depth_mm)


def _of_part(parts: _Parts, skin: FloatArray, mine: int, points: IntArray) -> list[Overlap]:
    """What points of one part that lie inside the body are inside of: the part whose skin is nearest."""
    triangles = template().body.triangles
    others = np.flatnonzero(parts.of_triangle != mine)
    depth, nearest, behind = _nearest(skin, triangles[others], skin[points])
    triangle = others[nearest]
    other = parts.of_triangle[triangle]
    crease = parts.shares[points, other] > _CREASE
    crease |= (parts.shares[triangles[triangle], mine] > _CREASE).any(axis=1)
    counted = behind & ~crease & ~parts.folds[mine, other]
    found = []
    for second in np.unique(other[counted]):
        here = np.flatnonzero(counted & (other == second))
        worst = here[np.argmax(depth[here])]
        names = parts.names[mine], parts.names[second]
        found.append(Overlap(*names, 1000.0 * float(depth[worst]), skin[points[worst]]))
    return found


def _nearest(
    skin: FloatArray, triangles: IntArray, points: FloatArray
) -> tuple[FloatArray, IntArray, NDArray[np.bool_]]:
    """Metres (n,) from points (n, 3) to the nearest of some triangles of the skin, which that is, and whether the point
    lies behind it."""
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(
        o3d.core.Tensor.from_numpy(skin.astype(np.float32)),
        o3d.core.Tensor.from_numpy(triangles.astype(np.uint32)),
    )
    near = o3d.core.Tensor.from_numpy(points.astype(np.float32))
    answer = scene.compute_closest_points(near, nthreads=1)
    away = points - answer["points"].numpy()
    behind: NDArray[np.bool_] = np.einsum("nx,nx->n", away, answer["primitive_normals"].numpy()) < 0.0
    return np.linalg.norm(away, axis=1), answer["primitive_ids"].numpy().astype(np.int64), behind


def _crossings(scene: o3d.t.geometry.RaycastingScene, start: FloatArray, way: FloatArray) -> IntArray:
    crossed: IntArray = scene.count_intersections(_rays(start, way), nthreads=1).numpy()
    return crossed


def _rays(start: FloatArray, way: FloatArray) -> o3d.core.Tensor:
    return o3d.core.Tensor.from_numpy(np.concatenate([start, way], axis=1).astype(np.float32))


def _normals(skin: FloatArray) -> FloatArray:
    """(V, 3) unit normals, outwards."""
    triangles = template().body.triangles
    a, b, c = skin[triangles].swapaxes(0, 1)
    across = np.cross(b - a, c - a)
    sums = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(across[:, axis], 3), len(skin)) for axis in range(3)],
        axis=1,
    )
    unit: FloatArray = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return unit


def _part(bone: str) -> str:
    limb = bone.removeprefix("Left").removeprefix("Right")
    side = bone[: len(bone) - len(limb)].lower()
    if limb in ("Neck", "Head"):
        return "head"
    if limb.startswith("Hand"):
        return f"{side} hand"
    return f"{side} {_LIMBS[limb]}" if limb in _LIMBS else "trunk"


@cache
def _parts() -> _Parts:
    skin = soft_skin()
    number = {name: index for index, name in enumerate(sorted({_part(bone) for bone in BONES}))}
    names = tuple(number)
    part_of_bone = np.array([number[_part(bone)] for bone in BONES])
    shares = np.zeros((len(skin.joints), len(names)))
    for slot in range(skin.joints.shape[1]):
        np.add.at(shares, (np.arange(len(shares)), part_of_bone[skin.joints[:, slot]]), skin.weights[:, slot])
    of_vertex = shares.argmax(axis=1)
    folds = np.array([[_folds(first, second) for second in names] for first in names])
    fine = np.array([_split(name)[1] in _FINE for name in names])[of_vertex]
    looked_at = np.flatnonzero(~fine | (np.arange(len(fine)) % 3 == 0))
    return _Parts(names, of_vertex, shares, of_vertex[template().body.triangles[:, 0]], folds, looked_at)


def _folds(first: str, second: str) -> bool:
    """Whether an overlap of the two is only a fold: of one part, or of two at a joint of one limb."""
    side, limb = _split(first)
    other_side, other_limb = _split(second)
    same_limb = side == other_side or "trunk" in (limb, other_limb)
    return first == second or (same_limb and frozenset({limb, other_limb}) in _FOLDS)


def _split(part: str) -> tuple[str, str]:
    side, _, limb = part.rpartition(" ")
    return side, limb
