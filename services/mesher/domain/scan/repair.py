"""Small faults of a reconstructed surface, mended: vertices that fall together, sheets that touch along an edge."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from services.mesher.domain.scan.solid import Solid
from services.mesher.domain.surface import IntArray

_TICK_M = 1e-6
_ROUNDS = 6
"""Edges that share a triangle are parted one after the other."""
_MOST = 8
"""More triangles at one edge are no two sheets that touch."""
_APART = 0.1
"""How far the two sheets of a parted edge move towards their own triangles, as a share of the way."""


def mended(solid: Solid) -> Solid:
    """The largest piece of a surface, with no two vertices in one micrometre and two triangles at each edge.

    Raises nothing when that does not succeed: `Solid.closed` tells.
    """
    solid = _without_flaps(_welded(solid)).largest_piece()
    for _ in range(_ROUNDS):
        if solid.closed:
            break
        solid = _parted(solid)
    return solid


def _welded(solid: Solid) -> Solid:
    """Vertices in one place become one: what float32 can tell apart, no reader of the file will make one."""
    ticks = np.rint(solid.vertices / _TICK_M).astype(np.int64)
    _, first, number = np.unique(_numbered(*ticks.T), return_index=True, return_inverse=True)
    return Solid(ticks[first] * _TICK_M, number[solid.faces])


def _numbered(*columns: IntArray) -> IntArray:
    """(n,) a number for each row, the same for equal rows. One column after the other: sorting whole rows is ten times
    as slow."""
    number = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        values, rank = np.unique(column, return_inverse=True)
        number = np.unique(number * len(values) + rank, return_inverse=True)[1]
    return number


def _without_flaps(solid: Solid) -> Solid:
    """The surface without triangles that lie back to back on the same three vertices."""
    number = _numbered(*np.sort(solid.faces, axis=1).T)
    return Solid(solid.vertices, solid.faces[np.bincount(number)[number] == 1])


def _parted(solid: Solid) -> Solid:
    """Where four or more triangles meet at an edge, neighbouring ones are paired and each pair gets an edge of its own.

    The edge is cut in its middle, and each pair's middle moves a little towards the pair: the sheets no longer touch.
    """
    faces, vertices = list(solid.faces.tolist()), [*solid.vertices]
    for start, end, around in _crowded_edges(solid):
        for pair in _pairs(solid, start, end, around):
            opposite = [_third(solid.faces[face], start, end) for face in pair]
            middle = (solid.vertices[start] + solid.vertices[end]) / 2.0
            aim = solid.vertices[opposite].mean(axis=0)
            vertices.append(middle + _APART * (aim - middle))
            for face in pair:
                faces += _cut(faces[face], start, end, len(vertices) - 1)
                faces[face] = []
    kept = np.array([face for face in faces if face], np.int64).reshape(-1, 3)
    return Solid(np.asarray(vertices), kept)


def _crowded_edges(solid: Solid) -> Iterator[tuple[int, int, IntArray]]:
    """Edges along which as many triangles run as against, and more than one each; no triangle comes twice."""
    directed = solid.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    edge_of = _numbered(*np.sort(directed, axis=1).T)
    count = np.bincount(edge_of)
    balance = np.bincount(edge_of, np.where(directed[:, 0] < directed[:, 1], 1.0, -1.0))
    taken: set[int] = set()
    for edge in np.flatnonzero((count > 2) & (count <= _MOST) & (balance == 0.0)):
        around = np.flatnonzero(edge_of == edge) // 3
        if taken.isdisjoint(around.tolist()):
            taken.update(around.tolist())
            start, end = directed[np.flatnonzero(edge_of == edge)[0]].tolist()
            yield start, end, around


def _pairs(solid: Solid, start: int, end: int, around: IntArray) -> list[tuple[int, int]]:
    """Triangles round an edge, each that runs along it with the nearest that runs against it."""
    axis = solid.vertices[end] - solid.vertices[start]
    arms = solid.vertices[[_third(solid.faces[face], start, end) for face in around]] - solid.vertices[start]
    across = np.linalg.svd(axis[None])[2][1:]
    angle = np.arctan2(arms @ across[1], arms @ across[0])
    along = np.array([_runs(solid.faces[face], start, end) for face in around])
    there, back = np.flatnonzero(along), np.flatnonzero(~along)

    def opening(order: tuple[int, ...]) -> float:
        return float(np.sum(1.0 - np.cos(angle[there] - angle[list(order)])))

    nearest = min(permutations(back.tolist()), key=opening)
    return [(int(around[a]), int(around[b])) for a, b in zip(there, nearest, strict=True)]


def _runs(face: IntArray, start: int, end: int) -> bool:
    """Whether the triangle's border leads from `start` straight to `end`."""
    corners = face.tolist()
    return bool(corners[(corners.index(start) + 1) % 3] == end)


def _third(face: IntArray, start: int, end: int) -> int:
    return next(int(vertex) for vertex in face if vertex not in (start, end))


def _cut(face: list[int], start: int, end: int, middle: int) -> list[list[int]]:
    """The two triangles that a triangle becomes when its edge from `start` to `end` is cut in the middle."""
    return [[middle if vertex == gone else vertex for vertex in face] for gone in (start, end)]
