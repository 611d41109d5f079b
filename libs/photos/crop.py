"""Squares of a photo, turned as what they show is, as the networks want to see them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from photos.arrays import FloatArray, IntArray, RgbImage


@dataclass(frozen=True, slots=True)
class Grid:
    """How a network's pictures lie on the square that they were cut from."""

    pixels: int
    """A side of the picture that it is given."""
    samples: int
    """A side of the grid that it was trained on: pictures of another size are brought to this one first."""
    repeat_edge: bool
    """Beyond the photo lies its edge, repeated; else it is black."""
    smooth: bool
    """All pixels of the photo count, however many there are for one; else four do, as the network learned, and the square has
    to be level."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square of a photo."""

    middle: tuple[float, float]
    """Pixels of the photo."""
    side: float
    """Pixels of the photo."""
    angle: float = 0.0
    """Radians that the square is turned by, clockwise as one sees it."""

    def to_photo(self, points: FloatArray, pixels: float) -> FloatArray:
        """(..., 2 or 3) points in a cut of `pixels` a side -> the photo; depth in the photo's pixels too."""
        moved = np.array(points, dtype=np.float64) * (self.side / pixels)
        moved[..., :2] = (moved[..., :2] - self.side / 2.0) @ self._turn.T + self.middle
        return moved

    def cut(self, image: RgbImage, grid: Grid) -> RgbImage:
        """(pixels, pixels, 3): the square, shrunk or enlarged bilinearly.

        The networks learned on pictures whose first sample lay on the corner of the square, not half a sample inside,
        and count from there in what they answer. So theirs are taken half a sample to the upper left.
        """
        shift = 0.5 - self._turn @ np.full(2, 0.5 * self.side / grid.samples)
        corner = np.array(self.middle) + shift - self._turn @ np.full(2, self.side / 2.0)
        return self._smooth(image, corner, grid) if grid.smooth else self._sampled(image, corner, grid)

    def _smooth(self, image: RgbImage, corner: FloatArray, grid: Grid) -> RgbImage:
        zoom = self.side / grid.pixels
        reduced = max(1, int(zoom))
        part, low = self._surroundings(image, corner, reduced, grid)
        matrix, offset = self._turn * (zoom / reduced), (corner - low) / reduced
        data = (*matrix[0], offset[0], *matrix[1], offset[1])
        size = (grid.pixels, grid.pixels)
        return np.asarray(part.transform(size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR))

    def _sampled(self, image: RgbImage, corner: FloatArray, grid: Grid) -> RgbImage:
        """Without a copy of the photo: of one megapixel, that would take nine times as long as a level square's samples."""
        steps = (np.arange(grid.pixels) + 0.5) * (self.side / grid.pixels)
        if self.angle:
            places = np.stack(np.meshgrid(steps, steps), axis=-1) @ self._turn.T + corner
            mixed = _gathered(image, places - 0.5, grid.repeat_edge)
        else:
            mixed = _level(image, steps + corner[:, None] - 0.5, grid.repeat_edge)
        cut: RgbImage = np.rint(mixed).astype(np.uint8)
        return cut

    @property
    def _turn(self) -> FloatArray:
        """(2, 2) from the square's axes to the photo's."""
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        return np.array([[cosine, -sine], [sine, cosine]])

    def _surroundings(
        self, image: RgbImage, corner: FloatArray, reduced: int, grid: Grid
    ) -> tuple[Image.Image, FloatArray]:
        """What of the photo the square touches, `reduced` times smaller, and where in the photo its corner lies."""
        height, width = image.shape[:2]
        corners = corner + np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) * self.side @ self._turn.T
        margin = 2 * reduced
        low = (np.floor(corners.min(axis=0)).astype(int) - margin) // reduced * reduced
        high = np.ceil(corners.max(axis=0)).astype(int) + margin
        # Reduced first and widened then: a square may be much larger than the photo.
        first = np.clip(low, 0, (width - 1, height - 1)) // reduced * reduced
        last = np.maximum(np.minimum(high, (width, height)), first + 1)
        inside = Image.fromarray(np.ascontiguousarray(image[first[1] : last[1], first[0] : last[0]]))
        small = inside.reduce(reduced) if reduced > 1 else inside
        before = np.maximum(0, (first - low) // reduced)
        after = np.maximum(0, -((last - high) // reduced))
        if before.any() or after.any():
            border = [(before[1], after[1]), (before[0], after[0]), (0, 0)]
            padded = np.pad(np.asarray(small), border, mode="edge" if grid.repeat_edge else "constant")
            small = Image.fromarray(padded)
        return small, first - before * reduced


def _level(image: RgbImage, places: FloatArray, repeat_edge: bool) -> FloatArray:
    """(n, n, 3) where columns places[0] and rows places[1] cross: both are mixed one after the other."""
    (left, right), across = _two(places[0], image.shape[1], repeat_edge)
    rows, down = _two(places[1], image.shape[0], repeat_edge)
    upper, lower = (
        near.take(left, axis=1) * across[0, :, None] + near.take(right, axis=1) * across[1, :, None]
        for near in (image.take(row, axis=0) for row in rows)
    )
    mixed: FloatArray = upper * down[0, :, None, None] + lower * down[1, :, None, None]
    return mixed


def _gathered(image: RgbImage, places: FloatArray, repeat_edge: bool) -> FloatArray:
    """(n, n, 3) at places (n, n, 2), each mixed of the four pixels around it."""
    columns, across = _two(places[..., 0], image.shape[1], repeat_edge)
    rows, down = _two(places[..., 1], image.shape[0], repeat_edge)
    mixed = np.zeros((*places.shape[:2], 3), np.float32)
    for row, low in zip(rows, down, strict=True):
        for column, right in zip(columns, across, strict=True):
            mixed += (low * right)[..., None] * image[row, column]
    return mixed


def _two(places: FloatArray, count: int, repeat_edge: bool) -> tuple[IntArray, FloatArray]:
    """Which pixels (2, ...) of a row of so many are the nearest to places (...), and their weights (2, ...), float32."""
    before = np.floor(places).astype(int)
    pair = np.stack([before, before + 1])
    weights = 1.0 - np.abs(places - pair)
    if not repeat_edge:
        weights *= (pair >= 0) & (pair < count)
    return pair.clip(0, count - 1), weights.astype(np.float32)


def tensor(cuts: Sequence[RgbImage], low: float, high: float) -> FloatArray:
    """Pictures (s, s, 3) -> (N, 3, s, s) float32, black at `low` and white at `high`."""
    # One after the other into their place: of 64 faces, each further array would be 38 MB that the machine has to find first.
    numbers = np.zeros((len(cuts), 3, *cuts[0].shape[:2]), np.float32)
    for number, cut in zip(numbers, cuts, strict=True):
        number[:] = cut.transpose(2, 0, 1)
        number *= np.float32((high - low) / 255.0)
        number += np.float32(low)
    return numbers
