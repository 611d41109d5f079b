"""Squares of a photo, turned as what they show is, as the networks want to see them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from photos.arrays import FloatArray, RgbImage


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
    """All pixels of the photo count, however many there are for one; else four do, as the network learned."""


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
        """Without a copy of the photo: of one megapixel, that would take three times as long as the samples."""
        steps = (np.arange(grid.pixels) + 0.5) * (self.side / grid.pixels)
        across, down = np.meshgrid(steps, steps)
        x, y = np.einsum("ij,jhw->ihw", self._turn, np.stack([across, down])) + corner[:, None, None] - 0.5
        left, top = np.floor(x).astype(int), np.floor(y).astype(int)
        height, width = image.shape[:2]
        mixed = np.zeros((grid.pixels, grid.pixels, 3), np.float32)
        for column, row in ((left, top), (left + 1, top), (left, top + 1), (left + 1, top + 1)):
            weight = (1.0 - np.abs(x - column)) * (1.0 - np.abs(y - row))
            if not grid.repeat_edge:
                weight = weight * ((column >= 0) & (column < width) & (row >= 0) & (row < height))
            near = image[row.clip(0, height - 1), column.clip(0, width - 1)]
            mixed += weight[..., None].astype(np.float32) * near
        return np.rint(mixed).astype(np.uint8)

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
        small = np.asarray(inside.reduce(reduced) if reduced > 1 else inside)
        before = np.maximum(0, (first - low) // reduced)
        after = np.maximum(0, -((last - high) // reduced))
        if before.any() or after.any():
            border = [(before[1], after[1]), (before[0], after[0]), (0, 0)]
            small = np.pad(small, border, mode="edge" if grid.repeat_edge else "constant")
        return Image.fromarray(small), first - before * reduced


def tensor(cuts: Sequence[RgbImage], low: float, high: float) -> FloatArray:
    """Pictures (s, s, 3) -> (N, 3, s, s) float32, black at `low` and white at `high`."""
    stacked = np.stack(cuts).transpose(0, 3, 1, 2).astype(np.float32)
    return np.ascontiguousarray(stacked * np.float32((high - low) / 255.0) + np.float32(low))
