"""Our own triangulation and texture coordinates of the 468 points: one disc, the same on both sides."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve
from scipy.spatial import Delaunay

from bodymodel.arrays import FloatArray, IntArray

_MARGIN = 0.012
"""Free border of the picture, as a share of its side."""
_CORNER = 3.2
"""Exponent of the superellipse that the oval becomes: a square with round corners, convex everywhere."""
Edge = tuple[int, int]


def flattened(points: FloatArray) -> FloatArray:
    """(n, 3) -> (n, 2): a face rolled off a cylinder about the head's axis; metres."""
    axis = points[:, 2].min() - 0.02
    turn = np.arctan2(points[:, 0], points[:, 2] - axis)
    radius = float(np.median(np.hypot(points[:, 0], points[:, 2] - axis)))
    return np.column_stack([radius * turn, points[:, 1]])


def triangulated(flat: FloatArray, mirror: IntArray, loops: Mapping[str, IntArray]) -> IntArray:
    """(m, 3) triangles of points (n, 2), counter-clockwise, symmetric by the mirror table.

    The left half is triangulated between the middle line and the loop `oval`; no edge crosses a loop or the middle line.
    """
    middle = np.flatnonzero(mirror == np.arange(len(mirror)))
    middle = middle[np.argsort(-flat[middle, 1])]
    left = (flat[:, 0] > 0.0) | np.isin(np.arange(len(flat)), middle)
    wanted = _chain(middle) | {
        edge for loop in loops.values() for edge in _chain(np.append(loop, loop[0])) if left[list(edge)].all()
    }
    own = np.flatnonzero(left)
    triangles = own[Delaunay(flat[own]).simplices]
    triangles = _oriented(flat, triangles)
    triangles = _with_edges(flat, triangles, wanted)
    outside = loops["oval"][left[loops["oval"]]]
    half = _within(flat, triangles, np.concatenate([outside, middle[::-1][1:-1]]))
    return np.concatenate([half, mirror[half][:, ::-1]]).astype(np.int32)


def unwrapped(
    points: FloatArray, triangles: IntArray, oval: IntArray, mirror: IntArray, ease: FloatArray
) -> FloatArray:
    """(n, 2) texture coordinates, origin at the upper left; no triangle is turned over.

    The oval goes to a round-cornered square, every other point to the weighted mean of its neighbours: with positive
    weights and a convex border that can turn nothing over (Tutte). Mean value weights keep angles; `ease` (n,) above 1
    slackens the springs about a point, which gives its surroundings more room.
    """
    count = len(points)
    border = _square(points, oval)
    weights = _mean_value(points, triangles)
    rows, columns = weights.nonzero()
    slack = np.sqrt(ease[rows] * ease[columns])
    springs = sparse.csr_array((weights[rows, columns] / slack, (rows, columns)), shape=(count, count))
    free = np.setdiff1d(np.arange(count), oval)
    total = sparse.diags_array(springs.sum(axis=1))
    system = (total - springs).tocsr()
    uv = np.zeros((count, 2))
    uv[oval] = border
    uv[free] = spsolve(system[free][:, free].tocsc(), -(system[free][:, oval] @ border))
    # Exactly symmetric, for textures that are painted on both sides at once.
    uv = (uv + np.column_stack([-uv[mirror, 0], uv[mirror, 1]])) / 2.0
    placed: FloatArray = 0.5 + (0.5 - _MARGIN) * uv * [1.0, -1.0]
    return placed.astype(np.float32)


def signed_areas(flat: FloatArray, triangles: IntArray) -> FloatArray:
    """(m,) areas of triangles in a plane, positive counter-clockwise with y up."""
    first, second, third = flat[triangles].swapaxes(0, 1)
    one, two = second - first, third - first
    areas: FloatArray = (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / 2.0
    return areas


def _chain(points: IntArray) -> set[Edge]:
    return {_edge(int(a), int(b)) for a, b in pairwise(points)}


def _edge(a: int, b: int) -> Edge:
    return (a, b) if a < b else (b, a)


def _oriented(flat: FloatArray, triangles: IntArray) -> IntArray:
    turned = signed_areas(flat, triangles) < 0.0
    return np.where(turned[:, None], triangles[:, ::-1], triangles)


def _with_edges(flat: FloatArray, triangles: IntArray, wanted: Iterable[Edge]) -> IntArray:
    """Flip edges until all wanted ones are there (Sloan); raises ValueError where two of them cross."""
    faces = [tuple(map(int, face)) for face in triangles]
    kept = set(wanted)
    for edge in sorted(kept):
        _make_way(flat, faces, edge, kept)
    return np.array(faces)


def _make_way(flat: FloatArray, faces: list[tuple[int, ...]], wanted: Edge, kept: set[Edge]) -> None:
    """Flip what crosses the wanted edge; an edge that cannot be flipped yet waits until its neighbours have been."""
    sides = _sides(faces)
    if wanted in sides:
        return
    crossing = deque(edge for edge in sides if _crosses(flat, edge, wanted))
    while crossing:
        edge = crossing.popleft()
        if edge in kept:
            raise ValueError(f"the edges {edge} and {wanted} cross")
        (one, apex), (two, other) = _sides(faces)[edge]
        diagonal = _edge(apex, other)
        if not _crosses(flat, edge, diagonal):
            crossing.append(edge)
            continue
        for number, end in ((one, edge[0]), (two, edge[1])):
            faces[number] = tuple(_oriented(flat, np.array([[apex, other, end]]))[0].tolist())
        if _crosses(flat, diagonal, wanted):
            crossing.append(diagonal)


def _sides(faces: list[tuple[int, ...]]) -> dict[Edge, list[tuple[int, int]]]:
    """Edge -> the number of each triangle that has it, with the corner opposite."""
    sides: dict[Edge, list[tuple[int, int]]] = {}
    for number, (a, b, c) in enumerate(faces):
        for edge, apex in ((_edge(a, b), c), (_edge(b, c), a), (_edge(c, a), b)):
            sides.setdefault(edge, []).append((number, apex))
    return sides


def _crosses(flat: FloatArray, one: Edge, two: Edge) -> bool:
    """Whether two segments cross inside both; segments with a common end do not."""
    if set(one) & set(two):
        return False
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = flat[[*one, *two]].tolist()
    across_c = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    across_d = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    across_a = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
    across_b = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
    return bool(across_c * across_d < 0.0 and across_a * across_b < 0.0)


def _within(flat: FloatArray, triangles: IntArray, outline: IntArray) -> IntArray:
    """The triangles whose middle lies inside a closed outline, by the number of its sides to the right of each."""
    x, y = flat[triangles].mean(axis=1).T
    inside = np.zeros(len(triangles), np.bool_)
    for start, end in zip(flat[outline], flat[np.roll(outline, -1)], strict=True):
        level = (start[1] > y) != (end[1] > y)
        rise = np.where(end[1] == start[1], 1.0, end[1] - start[1])
        inside ^= level & (x < start[0] + (y - start[1]) * (end[0] - start[0]) / rise)
    return triangles[inside]


def _square(points: FloatArray, oval: IntArray) -> FloatArray:
    """(36, 2) the oval's points on a square with round corners, -1 to 1, in the directions in which they lie."""
    flat = flattened(points)[oval]
    middle = (flat.min(axis=0) + flat.max(axis=0)) / 2.0
    x, y = ((flat - middle) / np.ptp(flat, axis=0) * 2.0).T
    turn = np.arctan2(y, x)
    reach = (np.abs(np.cos(turn)) ** _CORNER + np.abs(np.sin(turn)) ** _CORNER) ** (-1.0 / _CORNER)
    return np.column_stack([reach * np.cos(turn), reach * np.sin(turn)])


def _mean_value(points: FloatArray, triangles: IntArray) -> sparse.csr_array:
    """(n, n) Floater's mean value weights: positive, and exact for what is flat already."""
    count = len(points)
    total = sparse.csr_array((count, count))
    for corner in range(3):
        here, after, before = (triangles[:, (corner + step) % 3] for step in range(3))
        one, two = points[after] - points[here], points[before] - points[here]
        lengths = np.linalg.norm(one, axis=1), np.linalg.norm(two, axis=1)
        cosine = np.einsum("fx,fx->f", one, two) / (lengths[0] * lengths[1])
        half = np.tan(np.arccos(np.clip(cosine, -1.0, 1.0)) / 2.0)
        for there, length in ((after, lengths[0]), (before, lengths[1])):
            total = total + sparse.csr_array((half / length, (here, there)), shape=(count, count))
    return total.tocsr()
