"""The pixels of a face's own picture: on which triangle each lies, and where on it. Made once for a topology."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse

from facemodel.arrays import FloatArray, IntArray, RgbImage

BoolArray = NDArray[np.bool_]

# No pixel is lost between two triangles that share an edge.
_TOUCHING = 1e-6
_FIRST = np.array([1.0, 0.0, 0.0])
"""Weights of the corners at the first one."""
# Pixels of a piece: its arrays fit into a core's cache, and none is worth a page fault.
_PIECE = 1 << 15


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """Some of a canvas' triangles with their pixels, triangle by triangle.

    What is linear on a triangle is three numbers for it, repeated: five times as fast as weights for every pixel.
    """

    numbers: slice
    """Which of all triangles they are."""
    pixels: slice
    """Which of all pixels on the face."""
    triangles: IntArray
    """(m, 3) points of the face."""
    counts: IntArray
    """(m,) pixels of each triangle."""
    along: FloatArray
    """(2, n) float32 pixels to the right of the first corner of its triangle, and below it."""
    slopes: FloatArray
    """(m, 2, 3): slopes @ the values at a triangle's corners = what they grow by to the right, and down."""

    def on(self, chosen: BoolArray) -> IntArray:
        """Which (k,) of the piece's pixels lie on the chosen ones of all triangles."""
        return np.flatnonzero(np.repeat(chosen[self.numbers], self.counts))

    def spread(self, values: FloatArray, chosen: BoolArray) -> Iterator[FloatArray]:
        """For each column of the points' values (p, c), those (k,) of the pixels on the chosen triangles, float32."""
        own = chosen[self.numbers]
        counts, corners = self.counts[own], values[self.triangles[own]]
        right, down = self.along[:, self.on(chosen)]
        slopes = (self.slopes[own] @ corners).astype(np.float32)
        starts = corners[:, 0].astype(np.float32)
        for column in range(values.shape[1]):
            value = starts[:, column].repeat(counts)
            value += slopes[:, 0, column].repeat(counts) * right
            value += slopes[:, 1, column].repeat(counts) * down
            yield value

    def weights(self) -> FloatArray:
        """(n, 3) barycentric weights of the pixels."""
        slopes = np.repeat(self.slopes, self.counts, axis=0)
        weights: FloatArray = _FIRST + np.einsum("an,nac->nc", self.along, slopes)
        return weights


@dataclass(frozen=True, eq=False, slots=True)
class Canvas:
    """A square picture that a face is painted on."""

    size: int
    """Pixels a side."""
    pieces: Sequence[Piece]
    """All that the face covers."""
    source: IntArray
    """(size * size,) for every pixel of the picture, row by row, which of those on the face it shows: the nearest."""

    def rows(self, points: int) -> sparse.csr_array:
        """(n, points): rows @ the points' values = those of the pixels on the face."""
        corners = np.concatenate([np.repeat(piece.triangles, piece.counts, axis=0) for piece in self.pieces])
        weights = np.concatenate([piece.weights() for piece in self.pieces])
        ends = np.arange(0, corners.size + 1, 3)
        return sparse.csr_array((weights.ravel(), corners.ravel(), ends), shape=(len(corners), points))

    def blank(self) -> FloatArray:
        """(3, n) float32 black for every pixel on the face."""
        return np.zeros((3, self.pieces[-1].pixels.stop), np.float32)

    def picture(self, colors: FloatArray) -> RgbImage:
        """(size, size, 3) from the colours (3, n), 0..255, of the pixels on the face."""
        picture = np.zeros((self.size * self.size, 3), np.uint8)
        for channel, color in enumerate(colors):
            picture[:, channel] = np.rint(np.clip(color, 0.0, 255.0)).astype(np.uint8)[self.source]
        return picture.reshape(self.size, self.size, 3)


def canvas(triangles: IntArray, uv: FloatArray, size: int) -> Canvas:
    """The canvas of a face with these triangles (m, 3) and texture coordinates (p, 2), origin at the upper left.

    Where triangles overlap the last is on top; LinAlgError for one without area.
    """
    corners = uv[triangles].astype(np.float64) * size - 0.5
    owner = np.full((size, size), -1, np.int32)
    slopes = _slopes(corners)
    for number, corner in enumerate(corners):
        _claim(owner, number, corner, slopes[number])
    places = np.argwhere(owner >= 0)
    owners = owner[tuple(places.T)]
    order = np.argsort(owners, kind="stable")
    places, owners = places[order], owners[order]
    number_of = np.zeros((size, size), np.intp)
    number_of[tuple(places.T)] = np.arange(len(places))
    nearest = ndimage.distance_transform_edt(owner < 0, return_distances=False, return_indices=True)
    along = (places[:, ::-1] - corners[owners, 0]).T.astype(np.float32)
    counts = np.bincount(owners, minlength=len(triangles))
    return Canvas(size, list(_pieces(triangles, slopes, counts, along)), number_of[tuple(nearest)].ravel())


def _claim(owner: IntArray, number: int, corner: FloatArray, slopes: FloatArray) -> None:
    """Give the triangle `corner` (3, 2) the pixels whose middle it covers."""
    low = np.clip(np.floor(corner.min(axis=0)).astype(int), 0, len(owner))
    high = np.clip(np.ceil(corner.max(axis=0)).astype(int) + 1, 0, len(owner))
    u, v = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    along = np.stack([u - corner[0, 0], v - corner[0, 1]], axis=-1)
    inside = (_FIRST + along @ slopes).min(axis=-1) > -_TOUCHING
    owner[v[inside], u[inside]] = number


def _slopes(corners: FloatArray) -> FloatArray:
    """(m, 2, 3) of triangles (m, 3, 2): what the weights of their corners grow by to the right, and down."""
    edges = corners[:, 1:] - corners[:, :1]
    slopes: FloatArray = np.linalg.inv(edges) @ np.array([[-1.0, 1.0, 0.0], [-1.0, 0.0, 1.0]])
    return slopes


def _pieces(triangles: IntArray, slopes: FloatArray, counts: IntArray, along: FloatArray) -> Iterator[Piece]:
    """The triangles with their pixels, in order, a piece's worth at a time."""
    ends = np.cumsum(counts)
    starts = np.unique(np.searchsorted(ends, np.arange(0, ends[-1], _PIECE), side="right"))
    for start, stop in zip(starts, [*starts[1:], len(triangles)], strict=True):
        numbers = slice(int(start), int(stop))
        pixels = slice(int(ends[start] - counts[start]), int(ends[stop - 1]))
        yield Piece(numbers, pixels, triangles[numbers], counts[numbers], along[:, pixels], slopes[numbers])
