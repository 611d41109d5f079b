"""Closed surfaces: what makes one, and one made on a grid that cannot be anything else."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from scipy import fft, ndimage, sparse
from scipy.sparse import csgraph

from services.mesher.domain.surface import FloatArray, IntArray

_STEPS = 160
"""Grid cells along the longest side of the points' box, at most."""
_CELLS = 2_500_000
"""Grid cells in all, at most: two seconds of one core."""
_MARGIN = 0.1
"""Empty room round the box, as a share of its longest side: the grid is periodic, and images must not meet."""
_BLUR_CELLS = 1.0
_CLEAR = 0.02
_CUBE = np.stack(np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij"), axis=-1).reshape(-1, 3)


@dataclass(frozen=True, slots=True)
class Solid:
    """A triangle surface."""

    vertices: FloatArray
    """(n, 3) float64 metres."""
    faces: IntArray
    """(m, 3) vertex indices, counter-clockwise seen from outside."""

    @property
    def closed(self) -> bool:
        """Whether every edge belongs to two triangles that run along it in opposite directions."""
        ends = self.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
        there, back = ends @ [len(self.vertices), 1], ends @ [1, len(self.vertices)]
        edges = np.sort(there)
        once = len(edges) > 0 and bool((np.diff(edges) > 0).all())
        return once and np.array_equal(edges, np.sort(back))

    @property
    def volume(self) -> float:
        """Cubic metres inside; negative where the triangles face inwards."""
        a, b, c = (self.vertices[self.faces[:, corner]] for corner in range(3))
        return float(np.einsum("mi,mi->", a, np.cross(b, c))) / 6.0

    def largest_piece(self) -> Solid:
        """The connected piece with the most triangles, without triangles that have no area."""
        faces = self.faces[(self.faces != np.roll(self.faces, 1, axis=1)).all(axis=1)]
        count = len(self.vertices)
        links = sparse.coo_array(
            (np.ones(2 * len(faces), np.bool_), faces[:, [0, 1, 1, 2]].reshape(-1, 2).T), shape=(count, count)
        )
        _, piece = csgraph.connected_components(links, directed=False)
        of_face = piece[faces[:, 0]]
        kept = faces[of_face == np.bincount(of_face).argmax()]
        used, number = np.unique(kept, return_inverse=True)
        return Solid(self.vertices[used], number.reshape(-1, 3))

    def outward(self) -> Solid:
        """The same surface with its triangles facing out; it must be closed."""
        return self if self.volume > 0.0 else Solid(self.vertices, self.faces[:, ::-1])


def round_points(points: FloatArray, normals: FloatArray) -> Solid:
    """A closed surface round points (n, 3) whose unit normals (n, 3) face outwards, metres.

    Kazhdan's way of 2005: the normals are the gradient of the function that is 1 inside and 0 outside, so a Fourier
    transform gives that function on a grid. It is 0 on the grid's border, hence its level surface is closed.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    longest = float((high - low).max())
    room = high - low + 2.0 * _MARGIN * longest
    step = max(longest / _STEPS, float(np.cbrt(room.prod() / _CELLS)))
    origin = low - _MARGIN * longest
    shape = tuple(fft.next_fast_len(int(n)) for n in np.ceil(room / step) + 1)
    places = (points - origin) / step
    inside = _indicator(_spread(places, normals, shape))
    level = float(np.median(ndimage.map_coordinates(inside, places.T, order=1)))
    outermost = np.ones(shape, np.bool_)
    outermost[1:-1, 1:-1, 1:-1] = False
    inside[outermost] = min(level, 0.0) - 1.0
    surface = _level_surface(inside - level)
    return Solid(surface.vertices * step + origin, surface.faces).largest_piece().outward()


def _spread(places: FloatArray, normals: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """(3, x, y, z) the normals shared among the eight grid points round each place, then blurred."""
    corner = np.floor(places).astype(np.int64)
    share = places - corner
    field = np.zeros((3, int(np.prod(shape))))
    for offset in _CUBE:
        weight = np.where(offset == 1, share, 1.0 - share).prod(axis=1)
        index = np.ravel_multi_index(tuple((corner + offset).T), shape)
        for axis in range(3):
            field[axis] += np.bincount(index, weight * normals[:, axis], field.shape[1])
    return np.stack([ndimage.gaussian_filter(part.reshape(shape), _BLUR_CELLS) for part in field])


def _indicator(field: FloatArray) -> FloatArray:
    """The function whose gradient is nearest to minus the field: larger inside than outside."""
    shape = field.shape[1:]
    waves = np.meshgrid(
        *(2.0 * np.pi * fft.fftfreq(n) for n in shape[:-1]),
        2.0 * np.pi * fft.rfftfreq(shape[-1]),
        indexing="ij",
    )
    square = np.sum([wave**2 for wave in waves], axis=0)
    square[0, 0, 0] = 1.0
    divergence = np.sum(
        [1j * wave * fft.rfftn(part) for wave, part in zip(waves, field, strict=True)], axis=0
    )
    potential: FloatArray = fft.irfftn(divergence / square, shape)
    return potential


def _level_surface(values: FloatArray) -> Solid:
    """Where the values (x, y, z) pass 0, in grid steps: every cell is cut into six tetrahedra round one diagonal, which
    meet face to face, so the surface has neither gaps nor edges with more than two triangles.
    """
    tetrahedra = _crossed_tetrahedra(values)
    flat = values.ravel()
    inside = flat[tetrahedra] > 0.0
    inside_first = np.take_along_axis(tetrahedra, np.argsort(~inside, axis=1, kind="stable"), axis=1)
    count = inside.sum(axis=1)
    crossings = np.concatenate(
        [_crossings(inside_first[count == k], pattern) for k, pattern in _PATTERNS.items()]
    )
    crossings = _facing_out(crossings, values.shape)
    ends, faces = np.unique(crossings.reshape(-1, 2), axis=0, return_inverse=True)
    share = flat[ends[:, 0]] / (flat[ends[:, 0]] - flat[ends[:, 1]])
    # Not quite to the ends: vertices of several edges would fall together there.
    share = np.clip(share, _CLEAR, 1.0 - _CLEAR)[:, None]
    start, end = (np.stack(np.unravel_index(ends[:, k], values.shape), axis=1) for k in range(2))
    return Solid((1.0 - share) * start + share * end, faces.reshape(-1, 3))


_PATTERNS = {
    # By the number of corners inside, which come first: triangles, their corners as edges from inside to outside.
    1: (((0, 1), (0, 2), (0, 3)),),
    2: (((0, 2), (0, 3), (1, 2)), ((0, 3), (1, 3), (1, 2))),
    3: (((0, 3), (1, 3), (2, 3)),),
}


def _crossings(tetrahedra: IntArray, pattern: tuple[tuple[tuple[int, int], ...], ...]) -> IntArray:
    """(t, 3, 2) triangles whose corners are edges: a grid point inside, then one outside."""
    return np.concatenate([tetrahedra[:, np.array(triangle)] for triangle in pattern])


def _crossed_tetrahedra(values: FloatArray) -> IntArray:
    """(t, 4) grid points of the tetrahedra on both sides of 0."""
    steps = np.array([values.shape[1] * values.shape[2], values.shape[2], 1])
    corners = _CUBE @ steps
    grid = np.arange(values.size).reshape(values.shape)[:-1, :-1, :-1].ravel()
    inside = values.ravel() > 0.0
    found = inside[grid[:, None] + corners].sum(axis=1)
    cells = grid[(found > 0) & (found < len(corners))]
    paths = np.array([np.concatenate([[0], np.cumsum(steps[list(axes)])]) for axes in permutations(range(3))])
    tetrahedra = (cells[:, None, None] + paths).reshape(-1, 4)
    crossed: IntArray = tetrahedra[~np.isin(inside[tetrahedra].sum(axis=1), (0, 4))]
    return crossed


def _facing_out(crossings: IntArray, shape: tuple[int, ...]) -> IntArray:
    """The triangles, turned where they face inwards; in whole numbers on the edges' middles, so never in doubt."""
    places = np.stack(np.unravel_index(crossings, shape), axis=-1)
    middles = places.sum(axis=2)
    across = np.cross(middles[:, 1] - middles[:, 0], middles[:, 2] - middles[:, 0])
    outwards = (places[:, :, 1] - places[:, :, 0]).sum(axis=1)
    inward = np.einsum("ti,ti->t", across, outwards) < 0
    return np.where(inward[:, None, None], crossings[:, ::-1], crossings)
