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
_LINES = 8


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """Some of a canvas' triangles with their pixels, triangle by triangle.

    What is linear on a triangle is three numbers for it, repeated: ten times as fast as weights for every pixel.
    """

    numbers: IntArray
    """(m,) which of all triangles they are."""
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

    def part(self, chosen: BoolArray) -> Piece | None:
        """From the first of the chosen ones of all triangles to the last; None where none is here.

        Those between come along: what lies in one row need not be looked up, which would cost more than they do.
        """
        own = np.flatnonzero(chosen[self.numbers])
        if not len(own):
            return None
        some = slice(int(own[0]), int(own[-1]) + 1)
        before, among = int(self.counts[: some.start].sum()), int(self.counts[some].sum())
        pixels = slice(self.pixels.start + before, self.pixels.start + before + among)
        along = self.along[:, before : before + among]
        return Piece(
            self.numbers[some], pixels, self.triangles[some], self.counts[some], along, self.slopes[some]
        )

    def spread(self, values: FloatArray) -> Iterator[FloatArray]:
        """For each column of the points' values (p, c), those (n,) of the pixels, float32."""
        right, down = self.along
        corners = values[self.triangles]
        slopes = (self.slopes @ corners).astype(np.float32)
        starts = corners[:, 0].astype(np.float32)
        for column in range(values.shape[1]):
            value = starts[:, column].repeat(self.counts)
            value += slopes[:, 0, column].repeat(self.counts) * right
            value += slopes[:, 1, column].repeat(self.counts) * down
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
    """All that the face covers, like a text: line by line, from the left to the right."""
    source: IntArray
    """(size * size,) for every pixel of the picture, row by row, which of those on the face it shows: the nearest."""

    def rows(self, points: int) -> sparse.csr_array:
        """(n, points): rows @ the points' values = those of the pixels on the face."""
        corners = np.concatenate([np.repeat(piece.triangles, piece.counts, axis=0) for piece in self.pieces])
        weights = np.concatenate([piece.weights() for piece in self.pieces])
        ends = np.arange(0, corners.size + 1, 3)
        return sparse.csr_array((weights.ravel(), corners.ravel(), ends), shape=(len(corners), points))

    def parts(self, chosen: BoolArray) -> Iterator[Piece]:
        """What of the pieces holds the chosen ones of all triangles."""
        parts = (piece.part(chosen) for piece in self.pieces)
        return (part for part in parts if part)

    def on(self, chosen: BoolArray) -> IntArray:
        """Which (k,) of all pixels on the face lie on the chosen ones of all triangles."""
        return np.concatenate([piece.pixels.start + piece.on(chosen) for piece in self.pieces])

    def blank(self) -> FloatArray:
        """(3, n) float32 black for every pixel on the face."""
        return np.zeros((3, self.pieces[-1].pixels.stop), np.float32)

    def picture(self, colors: FloatArray) -> RgbImage:
        """(size, size, 3) from the colours (3, n), 0..255, of the pixels on the face."""
        shown = np.zeros(colors.shape, np.uint8)
        for piece in self.pieces:
            shown[:, piece.pixels] = np.clip(colors[:, piece.pixels] + 0.5, 0.0, 255.0)
        picture = np.zeros((self.size * self.size, 3), np.uint8)
        for channel, levels in enumerate(shown):
            picture[:, channel] = levels.take(self.source, mode="clip")
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
    ordered = _like_a_text(corners.mean(axis=1), size)
    rank = np.argsort(ordered)
    places = np.argwhere(owner >= 0)
    owners = rank[owner[tuple(places.T)]]
    order = np.argsort(owners, kind="stable")
    places, owners = places[order], owners[order]
    number_of = np.zeros((size, size), np.intp)
    number_of[tuple(places.T)] = np.arange(len(places))
    nearest = ndimage.distance_transform_edt(owner < 0, return_distances=False, return_indices=True)
    along = (places[:, ::-1] - corners[ordered[owners], 0]).T.astype(np.float32)
    counts = np.bincount(owners, minlength=len(triangles))
    pieces = _pieces(ordered, triangles[ordered], slopes[ordered], counts, along)
    return Canvas(size, list(pieces), number_of[tuple(nearest)].ravel())


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


def _like_a_text(middles: FloatArray, size: int) -> IntArray:
    """(m,) the triangles with these middles (m, 2) line by line, from the left to the right.

    So what one photo shows best lies in few runs, and next to nothing comes along with it.
    """
    line = np.floor(middles[:, 1] / size * _LINES)
    order: IntArray = np.lexsort((middles[:, 0], line))
    return order


def _pieces(
    numbers: IntArray, triangles: IntArray, slopes: FloatArray, counts: IntArray, along: FloatArray
) -> Iterator[Piece]:
    """The triangles with their pixels, in order, a piece's worth at a time."""
    ends = np.cumsum(counts)
    starts = np.unique(np.searchsorted(ends, np.arange(0, ends[-1], _PIECE), side="right"))
    for start, stop in zip(starts, [*starts[1:], len(triangles)], strict=True):
        some = slice(int(start), int(stop))
        pixels = slice(int(ends[start] - counts[start]), int(ends[stop - 1]))
        yield Piece(numbers[some], pixels, triangles[some], counts[some], along[:, pixels], slopes[some])
