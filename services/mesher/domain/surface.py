"""Triangle surfaces whose vertices are fixed linear combinations of the template's vertices.

Such a patch follows every body by one sparse product, so all topology is made once, on the reference body.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.integer]

SNAP = 0.3
"""A vertex nearer to a cut than this share of its edge is moved onto it: no sliver triangles along hems."""


_BORDER_PASSES = 8
_BESIDE_PASSES = 4


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of surface bound to the template."""

    rows: sparse.csr_array
    """(n, V) float32: patch vertices = rows @ template vertices."""
    triangles: IntArray
    """(m, 3) int64 vertex indices, counter-clockwise seen from outside."""
    border: IntArray
    """(n,) int64: number of the cut that made this vertex, -1 for vertices inside."""


def triangulate(quads: IntArray) -> IntArray:
    """(F, 4) -> (2 F, 3) triangles (0, 1, 2) of all quads, then (0, 2, 3)."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int64)


def undirected_edges(triangles: IntArray) -> IntArray:
    """(e, 2) unique vertex pairs, the smaller index first."""
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    return np.unique(np.sort(pairs, axis=1), axis=0)


def incidence(triangles: IntArray, count: int) -> sparse.csr_array:
    """(n, m) float32 matrix that adds each triangle's value to its three corners."""
    faces = np.repeat(np.arange(len(triangles)), 3)
    ones = np.ones(triangles.size, np.float32)
    return sparse.csr_array((ones, (triangles.ravel(), faces)), shape=(count, len(triangles)))


def vertex_normals(vertices: FloatArray, triangles: IntArray, corners: sparse.csr_array) -> FloatArray:
    """(n, 3) unit normals, weighted by area; `corners` is `incidence(triangles, n)`."""
    return unit(corners @ areas(vertices, triangles))


def areas(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """(m, 3) outward vectors across the triangles, twice as long as their areas."""
    # Twice as fast as indexing, and this is most of what a face shape costs.
    a, b, c = (np.take(vertices, triangles[:, corner], axis=0) for corner in range(3))
    return cross(b - a, c - a)


def unit(vectors: FloatArray) -> FloatArray:
    """(n, 3) the vectors at length 1; one without length becomes +Y."""
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    flat = length < np.float32(1e-12)
    scaled: FloatArray = vectors / np.where(flat, 1.0, length)[:, None]
    scaled[flat] = (0.0, 1.0, 0.0)
    return scaled


def cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Row-wise cross product of (n, 3) arrays; np.cross takes three times as long on ours."""
    out = np.zeros_like(a)
    out[:, 0] = a[:, 1] * b[:, 2] - a[:, 2] * b[:, 1]
    out[:, 1] = a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2]
    out[:, 2] = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return out


def neighbour_mean(triangles: IntArray, count: int) -> sparse.csr_array:
    """(n, n) float32 matrix that takes each vertex to the mean of its neighbours; open borders stay put."""
    edges = undirected_edges(triangles)
    both = np.concatenate([edges, edges[:, ::-1]])
    both = both[~np.isin(both[:, 0], border_edges(triangles))]
    still = np.setdiff1d(np.arange(count), both[:, 0])
    degree = np.bincount(both[:, 0], minlength=count)
    values = np.concatenate([1.0 / degree[both[:, 0]], np.ones(len(still))]).astype(np.float32)
    at = (np.concatenate([both[:, 0], still]), np.concatenate([both[:, 1], still]))
    return sparse.csr_array((values, at), shape=(count, count))


def border_edges(triangles: IntArray) -> IntArray:
    """(b, 2) directed edges that belong to one triangle only, the surface on their left."""
    directed = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    stride = int(triangles.max()) + 1
    forward = directed[:, 0] * stride + directed[:, 1]
    backward = directed[:, 1] * stride + directed[:, 0]
    return directed[~np.isin(forward, backward)]


def border_loops(triangles: IntArray) -> list[IntArray]:
    """Closed chains of border vertices, the surface on their left, longest first."""
    follow = {int(a): int(b) for a, b in border_edges(triangles)}
    loops = []
    while follow:
        start, at = follow.popitem()
        chain = [start]
        while at != start and at in follow:
            chain.append(at)
            at = follow.pop(at)
        if at == start:
            loops.append(np.array(chain, np.int64))
    return sorted(loops, key=lambda loop: (-len(loop), int(loop.min())))


def refine(quads: IntArray, count: int) -> tuple[sparse.csr_array, IntArray]:
    """One Catmull-Clark step on `count` vertices: (n', count) float32 matrix and (4 F, 4) quads.

    Open borders follow the cubic B-spline of their own vertices.
    """
    faces = len(quads)
    sides = np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2)
    edges, edge_of_side, uses = np.unique(
        np.sort(sides, axis=1), axis=0, return_inverse=True, return_counts=True
    )
    edge_of_side = edge_of_side.reshape(faces, 4)
    face_points = _average(quads, count)
    ends = _average(edges, count)
    beside = _matrix(edge_of_side.ravel(), np.repeat(np.arange(faces), 4), len(edges), faces)
    inner = uses == 2
    on_edge = sparse.diags_array(np.where(inner, 0.5, 1.0))
    edge_points = on_edge @ ends + sparse.diags_array(np.where(inner, 0.25, 0.0)) @ beside @ face_points
    vertex_points = _vertex_points(quads, edges, inner, face_points, ends, count)
    rows = sparse.vstack([vertex_points, edge_points, face_points]).tocsr().astype(np.float32)
    edge_ids = edge_of_side + count
    centre = np.arange(faces)[:, None] + count + len(edges)
    corners = [
        np.concatenate([quads[:, [k]], edge_ids[:, [k]], centre, edge_ids[:, [k - 1]]], axis=1)
        for k in range(4)
    ]
    return sparse.csr_array(rows), np.concatenate(corners).astype(np.int64)


def _vertex_points(
    quads: IntArray,
    edges: IntArray,
    inner: NDArray[np.bool_],
    face_points: sparse.csr_array,
    ends: sparse.csr_array,
    count: int,
) -> sparse.csr_array:
    """Catmull-Clark's rule for the old vertices: (F + 2 R + (n - 3) P) / n inside, (1, 6, 1) / 8 on borders."""
    faces_at = _matrix(quads.ravel(), np.repeat(np.arange(len(quads)), 4), count, len(quads))
    edges_at = _matrix(edges.ravel(), np.repeat(np.arange(len(edges)), 2), count, len(edges))
    degree = np.asarray(edges_at.sum(axis=1)).ravel()
    on_border = np.zeros(count, bool)
    on_border[edges[~inner].ravel()] = True
    n = np.maximum(degree, 1.0)
    face_mean = sparse.diags_array(1.0 / np.maximum(np.asarray(faces_at.sum(axis=1)).ravel(), 1.0)) @ faces_at
    edge_mean = sparse.diags_array(1.0 / n) @ edges_at
    still = sparse.eye_array(count, format="csr")
    inside = (
        sparse.diags_array(1.0 / n) @ (face_mean @ face_points)
        + sparse.diags_array(2.0 / n) @ (edge_mean @ ends)
        + sparse.diags_array((n - 3.0) / n) @ still
    )
    border_at = edges_at @ sparse.diags_array((~inner).astype(float))
    spline = 0.5 * still + 0.25 * (border_at @ ends)
    keep = (~on_border & (degree > 0)).astype(float)
    return sparse.csr_array(
        sparse.diags_array(keep) @ inside
        + sparse.diags_array(on_border.astype(float)) @ spline
        + sparse.diags_array((degree == 0).astype(float)) @ still
    )


def _average(groups: IntArray, count: int) -> sparse.csr_array:
    """(g, k) indices -> (g, count) matrix of the mean of each group."""
    size = groups.shape[1]
    matrix = _matrix(np.repeat(np.arange(len(groups)), size), groups.ravel(), len(groups), count)
    return sparse.csr_array(matrix * (1.0 / size))


def _matrix(rows: IntArray, columns: IntArray, height: int, width: int) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(height, width))


def clip(patch: Patch, fields: Sequence[FloatArray]) -> Patch:
    """Keep the part of a patch where every field (n,) is positive, cutting triangles along the zero lines.

    The new border vertices carry the number of the field that cut them.
    """
    values = np.stack(fields, axis=1).astype(np.float64)
    rows, triangles, border = patch.rows, patch.triangles, patch.border.copy()
    for number in range(values.shape[1]):
        combine, triangles, made = _clip_once(triangles, values[:, number])
        border = np.where(made[0], number, border[made[1]])
        values = combine @ values
        values[made[0], number] = 0.0
        rows = combine @ rows
    return Patch(sparse.csr_array(rows.astype(np.float32)), triangles, border)


def _clip_once(
    triangles: IntArray, field: FloatArray
) -> tuple[sparse.csr_array, IntArray, tuple[NDArray[np.bool_], IntArray]]:
    """Cut along one field: combination of old vertices, triangles, (on this cut, nearest old vertex)."""
    count = len(field)
    field, moves = _snap(triangles, field)
    edges = undirected_edges(triangles)
    crossing = edges[field[edges[:, 0]] * field[edges[:, 1]] < 0.0]
    share = field[crossing[:, 0]] / (field[crossing[:, 0]] - field[crossing[:, 1]])
    kept = _split(triangles, field, crossing, count)
    added = _blend(crossing, share, count)
    combine = sparse.csr_array(sparse.vstack([moves, added @ moves]))
    used, renumbered = np.unique(kept, return_inverse=True)
    on_cut = np.concatenate([field == 0.0, np.ones(len(crossing), bool)])[used]
    nearest = np.concatenate([np.arange(count), crossing[:, 0]])[used]
    return combine[used], renumbered.reshape(kept.shape), (on_cut, nearest)


def _snap(triangles: IntArray, field: FloatArray) -> tuple[FloatArray, sparse.csr_array]:
    """Move vertices that lie close to the zero line onto it: their new field, and the (n, n) matrix that moves them."""
    edges = undirected_edges(triangles)
    both = np.concatenate([edges, edges[:, ::-1]])
    here, there = field[both[:, 0]], field[both[:, 1]]
    share = here / np.where(here == there, 1.0, here - there)
    near = (here * there < 0.0) & (share < SNAP) & _keeps_border(triangles, both)
    both, share = both[near], share[near]
    order = np.lexsort((both[:, 1], share, both[:, 0]))
    movers, first = np.unique(both[order, 0], return_index=True)
    chosen = order[first]
    count = len(field)
    stay = np.ones(count)
    stay[movers] = 1.0 - share[chosen]
    moves = sparse.csr_array(
        (
            np.concatenate([stay, share[chosen]]),
            (np.concatenate([np.arange(count), movers]), np.concatenate([np.arange(count), both[chosen, 1]])),
        ),
        shape=(count, count),
    )
    snapped = field.copy()
    snapped[movers] = 0.0
    return snapped, moves


def _keeps_border(triangles: IntArray, moves: IntArray) -> NDArray[np.bool_]:
    """(k,) which moves (k, 2) along edges leave the surface's outline as it is: a border vertex slides on it."""
    border = border_edges(triangles)
    stride = int(triangles.max()) + 1
    sides = np.concatenate([border @ [stride, 1], border @ [1, stride]])
    return ~np.isin(moves[:, 0], border) | np.isin(moves @ [stride, 1], sides)


def _blend(edges: IntArray, share: FloatArray, count: int) -> sparse.csr_array:
    """(e, count) matrix of the points at `share` of the way along each edge."""
    rows = np.repeat(np.arange(len(edges)), 2)
    values = np.stack([1.0 - share, share], axis=1).ravel()
    return sparse.csr_array((values, (rows, edges.ravel())), shape=(len(edges), count))


def _split(triangles: IntArray, field: FloatArray, crossing: IntArray, count: int) -> IntArray:
    """Triangles of the positive side; vertex `count + e` lies on the e-th crossing edge."""
    sign = np.sign(field)[triangles]
    whole = triangles[(sign.min(axis=1) >= 0) & (sign.max(axis=1) > 0)]
    mixed = (sign.min(axis=1) < 0) & (sign.max(axis=1) > 0)
    triangles, sign = triangles[mixed], sign[mixed]
    key = {(int(a), int(b)): count + index for index, (a, b) in enumerate(crossing)}
    pieces: list[list[int]] = []
    for corners, signs in zip(triangles.tolist(), sign.tolist(), strict=True):
        polygon = []
        for k in range(3):
            a, b = corners[k], corners[k - 2]
            if signs[k] >= 0:
                polygon.append(a)
            if signs[k] * signs[k - 2] < 0:
                polygon.append(key[min(a, b), max(a, b)])
        pieces.extend([polygon[0], polygon[k], polygon[k + 1]] for k in range(1, len(polygon) - 1))
    return np.concatenate([whole, np.array(pieces, np.int64).reshape(-1, 3)])


def smooth_borders(patch: Patch) -> Patch:
    """Even out border loops along themselves, and the two rows of vertices beside them.

    Linear interpolation of a curved field leaves a border that wavers by some millimetres.
    """
    count = patch.rows.shape[0]
    loops = border_loops(patch.triangles)
    on_border = np.zeros(count, bool)
    for loop in loops:
        on_border[loop] = True
    along = _loop_mean(loops, count)
    beside = on_border.copy()
    for _ in range(2):
        beside[patch.triangles[beside[patch.triangles].any(axis=1)]] = True
    inner = sparse.diags_array((beside & ~on_border).astype(np.float32))
    rest = sparse.diags_array((~(beside & ~on_border)).astype(np.float32))
    around = inner @ neighbour_mean(patch.triangles, count) + rest
    rows = patch.rows
    for _ in range(_BORDER_PASSES):
        rows = along @ rows
    for _ in range(_BESIDE_PASSES):
        rows = around @ rows
    return Patch(sparse.csr_array(rows.astype(np.float32)), patch.triangles, patch.border)


def _loop_mean(loops: Sequence[IntArray], count: int) -> sparse.csr_array:
    """(n, n) matrix that averages loop members (1, 2, 1) / 4 with their neighbours; others stay."""
    inside = np.setdiff1d(np.arange(count), np.concatenate([np.zeros(0, np.int64), *loops]))
    rows, columns, values = [inside], [inside], [np.ones(len(inside))]
    for loop in loops:
        for shift, weight in ((1, 0.25), (0, 0.5), (-1, 0.25)):
            rows.append(loop)
            columns.append(np.roll(loop, shift))
            values.append(np.full(len(loop), weight))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_array(entries, shape=(count, count))
