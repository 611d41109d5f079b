"""Where things are in a photo: from a detecting network's raw answer to boxes and points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from photos.arrays import FloatArray, IntArray, RgbImage
from photos.crop import Grid, Window

_LEAST_SCORE = 0.5
_SAME_THING = 0.3
"""Boxes that share more of their union show one thing."""
_LARGEST_LOGIT = 80.0
"""Beyond, a float32 exponential overflows."""


@dataclass(frozen=True, slots=True)
class Detection:
    """Something that was found."""

    score: float
    """Probability."""
    low: FloatArray
    """(2,) upper left corner of its box, pixels of the photo."""
    high: FloatArray
    """(2,) lower right corner."""
    points: FloatArray
    """(p, 2) the points that the network tells beside a box, pixels of the photo."""


@dataclass(frozen=True)
class Detector:
    """A network that says of every anchor of a square picture whether something is there."""

    side: int
    """Pixels of the picture that it is shown."""
    strides: tuple[tuple[int, int], ...]
    """Pixels between anchors, and anchors at each place."""

    @cached_property
    def anchors(self) -> FloatArray:
        """(anchors, 2) their places, in shares of the picture's side, row by row, in the order of `strides`."""
        placed = []
        for stride, count in self.strides:
            cells = self.side // stride
            rows, columns = np.mgrid[0:cells, 0:cells]
            middles = np.stack([columns.ravel(), rows.ravel()], axis=1) + 0.5
            placed.append(np.repeat(middles / cells, count, axis=0))
        return np.concatenate(placed)


@dataclass(frozen=True, slots=True)
class Sight:
    """A whole photo as a detector sees it: square, black beside it."""

    detector: Detector
    window: Window

    @classmethod
    def of(cls, image: RgbImage, detector: Detector) -> Sight:
        height, width = image.shape[:2]
        return cls(detector, Window((width / 2.0, height / 2.0), float(max(width, height))))

    def cut(self, image: RgbImage) -> RgbImage:
        """The picture for the detector."""
        side = self.detector.side
        return self.window.cut(image, Grid(side, side, repeat_edge=False, smooth=False))

    def found(self, boxes: FloatArray, scores: FloatArray) -> list[Detection]:
        """What was found, surest first, from one picture's boxes (anchors, 4 + 2p) and scores (anchors, 1)."""
        chances = 1.0 / (1.0 + np.exp(-np.clip(scores[:, 0], -_LARGEST_LOGIT, _LARGEST_LOGIT)))
        likely = np.flatnonzero(chances >= _LEAST_SCORE)
        pairs = boxes[likely].reshape(len(likely), boxes.shape[1] // 2, 2).astype(np.float64)
        anchors = self.detector.anchors[likely] * self.detector.side
        middle, half = pairs[:, 0] + anchors, pairs[:, 1] / 2.0
        shapes = np.concatenate(
            [(middle - half)[:, None], (middle + half)[:, None], pairs[:, 2:] + anchors[:, None]], axis=1
        )
        return [self._detection(shape, score) for shape, score in _merged(shapes, chances[likely])]

    def _detection(self, shape: FloatArray, score: float) -> Detection:
        placed = self.window.to_photo(shape, self.detector.side)
        return Detection(score, placed[0], placed[1], placed[2:])


def _merged(shapes: FloatArray, scores: FloatArray) -> list[tuple[FloatArray, float]]:
    """Boxes of one thing become one, weighted by their scores: (2 + p, 2) each, and the highest score."""
    left = np.argsort(-scores, kind="stable")
    found = []
    while len(left):
        best = left[0]
        same = _overlaps(shapes[best], shapes[left]) > _SAME_THING
        same[0] = True
        group: IntArray = left[same]
        found.append((np.average(shapes[group], axis=0, weights=scores[group]), float(scores[best])))
        left = left[~same]
    return found


def _overlaps(one: FloatArray, others: FloatArray) -> FloatArray:
    """(n,) intersection over union of a box with others (n, 2 + p, 2)."""
    low, high = np.maximum(one[0], others[:, 0]), np.minimum(one[1], others[:, 1])
    shared = np.prod(np.maximum(high - low, 0.0), axis=1)
    areas = np.prod(np.maximum(others[:, 1] - others[:, 0], 0.0), axis=1)
    area = float(np.prod(np.maximum(one[1] - one[0], 0.0)))
    union = np.maximum(areas + area - shared, np.finfo(float).tiny)
    overlaps: FloatArray = shared / union
    return overlaps
