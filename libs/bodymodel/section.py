"""A tape round a limb: cut the surface with a plane, stretch the convex hull, and say how it moves with the body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull

from bodymodel.arrays import FloatArray, IntArray
from bodymodel.template import Landmark

VERTICAL = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, slots=True)
class Plane:
    """A cutting plane that the body's landmarks carry along."""

    origin: Landmark
    """A point of the plane."""
    axis: Landmark | None
    """Weights that sum to 0: their weighted sum of vertices is the normal, unscaled. None means horizontal."""

    def place(self, points: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        """Origin (3,), unit normal (3,) and the length that the normal was divided by, on one body."""
        origin = self.origin.weights @ points[self.origin.vertices]
        if self.axis is None:
            return origin, VERTICAL, 1.0
        normal = self.axis.weights @ points[self.axis.vertices]
        length = float(np.linalg.norm(normal))
        return origin, normal / length, length


@dataclass(frozen=True, slots=True)
class Loop:
    """A tight tape: the corners of the convex hull of a plane section, in order."""

    plane: Plane
    origin: FloatArray
    """(3,) point of the plane."""
    normal: FloatArray
    """(3,) unit normal."""
    scale: float
    """Length of the unscaled normal."""
    corners: FloatArray
    """(h, 3) hull corners in order, metres."""
    edges: IntArray
    """(h, 2) surface edge that each corner lies on."""
    shares: FloatArray
    """(h,) place of each corner on its edge: 0 at the first vertex, 1 at the second."""

    @property
    def length(self) -> float:
        """Perimeter in metres."""
        return float(np.linalg.norm(np.roll(self.corners, -1, axis=0) - self.corners, axis=1).sum())

    @property
    def length_mm(self) -> float:
        """Perimeter in millimetres, as receipts say it."""
        return 1000.0 * self.length

    def closed_path(self) -> FloatArray:
        """(h + 1, 3) corners with the first one repeated at the end."""
        return np.concatenate([self.corners, self.corners[:1]])


class OpenSectionError(ValueError):
    """The plane misses the limb or leaves its region, so there is no closed tape to measure."""


@dataclass(frozen=True, slots=True)
class Surface:
    """The part of the body that one tape may cut."""

    edges: IntArray
    """(E, 2) unique edges as vertex indices."""
    sides: IntArray
    """(F, 3) the edges of each triangle."""
    single: bool
    """True when a plane can only cut one loop out of it, as out of a leg; False where arms are near the torso."""

    @classmethod
    def of(cls, triangles: IntArray, *, single: bool) -> Surface:
        """Index the edges of triangles (F, 3)."""
        pairs = np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=2).reshape(-1, 2)
        edges, sides = np.unique(np.sort(pairs, axis=1), axis=0, return_inverse=True)
        return cls(edges, sides.reshape(-1, 3), single)

    def longest_loop(self, cut: IntArray) -> IntArray:
        """Those of the `cut` edges that form the loop with most edges; loops join edges by shared triangles."""
        number = np.full(len(self.edges), -1)
        number[cut] = np.arange(len(cut))
        crossed = number[self.sides]
        pairs = crossed[np.count_nonzero(crossed >= 0, axis=1) == 2]
        neighbours: list[list[int]] = [[] for _ in cut]
        for one, other in pairs[pairs >= 0].reshape(-1, 2).tolist():
            neighbours[one].append(other)
            neighbours[other].append(one)
        loop = _largest_piece(neighbours)
        if any(len(neighbours[node]) < 2 for node in loop):
            raise OpenSectionError("the section leaves its region")
        return cut[loop]


def _largest_piece(neighbours: list[list[int]]) -> list[int]:
    """The connected piece of a graph that has most nodes."""
    largest: list[int] = []
    unseen = set(range(len(neighbours)))
    while unseen:
        piece = [unseen.pop()]
        for node in piece:  # grows while it is walked
            fresh = [other for other in neighbours[node] if other in unseen]
            unseen.difference_update(fresh)
            piece.extend(fresh)
        largest = max(largest, piece, key=len)
    return largest


def stretch(points: FloatArray, surface: Surface, plane: Plane) -> Loop:
    """Cut a body's `points` along a surface with a plane and stretch a tape round the section."""
    origin, normal, scale = plane.place(points)
    height = points @ normal - origin @ normal
    above = height > 0.0
    cut: IntArray = np.flatnonzero(above[surface.edges[:, 0]] != above[surface.edges[:, 1]])
    if not surface.single:
        cut = surface.longest_loop(cut)
    if len(cut) < 3:
        raise OpenSectionError("the tape's plane misses the limb")
    edges = surface.edges[cut]
    first, second = height[edges[:, 0]], height[edges[:, 1]]
    shares = first / (first - second)
    start = points[edges[:, 0]]
    section = start + shares[:, None] * (points[edges[:, 1]] - start)
    hull = ConvexHull(section @ _in_plane(normal)).vertices
    return Loop(plane, origin, normal, scale, section[hull], edges[hull], shares[hull])


def _in_plane(normal: FloatArray) -> FloatArray:
    """(3, 2) two unit vectors across a normal that is not along Z."""
    x, y, z = normal
    flat = np.hypot(x, y)
    return np.array([[y / flat, -x * z / flat], [-x / flat, -y * z / flat], [0.0, flat]])


@dataclass(frozen=True, slots=True)
class Pull:
    """A sparse gradient: how a length changes when vertices move."""

    vertices: IntArray
    """(n,) vertex indices, repeats add up."""
    vectors: FloatArray
    """(n, 3) change of the length, metres per metre."""


def loop_gradient(points: FloatArray, loop: Loop) -> Pull:
    """Derivative of a loop's length by the vertices.

    To first order the hull's corners stay on their edges (a corner that is about to appear or vanish adds
    nothing to the perimeter), so each corner c = a + t (b - a) pulls on its edge with the sum g of the unit
    vectors towards it from its neighbours. The plane moves as well: keeping (c - o) . n = 0 gives
        dc = (1 - t) da + t db + e [n . (do - (1 - t) da - t db) - (c - o) . dn] / (n . e),   e = b - a.
    """
    corners, normal = loop.corners, loop.normal
    ahead = np.roll(corners, -1, axis=0) - corners
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-12)
    pull = np.roll(ahead, 1, axis=0) - ahead
    edge = points[loop.edges[:, 1]] - points[loop.edges[:, 0]]
    slip = np.einsum("hi,hi->h", pull, edge) / (edge @ normal)
    pull = pull - slip[:, None] * normal
    vertices = [loop.edges[:, 0], loop.edges[:, 1], loop.plane.origin.vertices]
    vectors = [
        pull * (1.0 - loop.shares)[:, None],
        pull * loop.shares[:, None],
        loop.plane.origin.weights[:, None] * (slip.sum() * normal),
    ]
    if loop.plane.axis is not None:
        tilt = -slip @ (corners - loop.origin)
        tilt = (tilt - (tilt @ normal) * normal) / loop.scale
        vertices.append(loop.plane.axis.vertices)
        vectors.append(loop.plane.axis.weights[:, None] * tilt)
    return Pull(np.concatenate(vertices), np.concatenate(vectors))


def path_gradient(path: FloatArray) -> FloatArray:
    """(n, 3) derivative of an open polyline's length by its points."""
    step = np.diff(path, axis=0)
    step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-12)
    gradient = np.zeros_like(path)
    gradient[1:] += step
    gradient[:-1] -= step
    return gradient
