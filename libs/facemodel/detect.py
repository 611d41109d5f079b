"""Where faces are: from a detector's raw answer to boxes in the photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from facemodel.arrays import FloatArray, IntArray, RgbImage
from facemodel.crop import Grid, Window
from facemodel.networks import Range, RawBoxes

SIDES: Mapping[Range, int] = {Range.SHORT: 128, Range.FULL: 192}
"""Pixels of the picture that each detector is shown."""
_STRIDES: Mapping[Range, tuple[tuple[int, int], ...]] = {
    Range.SHORT: ((8, 2), (16, 6)),
    Range.FULL: ((4, 1),),
}
"""Pixels between anchors, and anchors at each place."""
_LEAST_SCORE = 0.5
_SAME_FACE = 0.3
"""Boxes that share more of their union show one face."""
_LARGEST_LOGIT = 80.0
"""Beyond, a float32 exponential overflows."""


@dataclass(frozen=True, slots=True)
class Detection:
    """A face that was found."""

    score: float
    """Probability."""
    low: FloatArray
    """(2,) upper left corner of its box, pixels of the photo."""
    high: FloatArray
    """(2,) lower right corner."""
    points: FloatArray
    """(6, 2) right eye, left eye, tip of the nose, mouth, right ear, left ear; right is the person's."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A whole photo as a detector sees it: square, black beside it."""

    reach: Range
    window: Window

    @classmethod
    def of(cls, image: RgbImage, reach: Range) -> Sight:
        height, width = image.shape[:2]
        return cls(reach, Window((width / 2.0, height / 2.0), float(max(width, height))))

    def cut(self, image: RgbImage) -> RgbImage:
        """The picture for the detector."""
        side = SIDES[self.reach]
        return self.window.cut(image, Grid(side, side, repeat_edge=False, smooth=False))

    def faces(self, boxes: FloatArray, scores: FloatArray) -> list[Detection]:
        """What was found, surest first, from one picture's boxes (anchors, 16) and scores (anchors, 1)."""
        side = SIDES[self.reach]
        chances = 1.0 / (1.0 + np.exp(-np.clip(scores[:, 0], -_LARGEST_LOGIT, _LARGEST_LOGIT)))
        likely = np.flatnonzero(chances >= _LEAST_SCORE)
        pairs = boxes[likely].reshape(len(likely), 8, 2).astype(np.float64)
        anchors = anchors_of(self.reach)[likely] * side
        middle, half = pairs[:, 0] + anchors, pairs[:, 1] / 2.0
        shapes = np.concatenate(
            [(middle - half)[:, None], (middle + half)[:, None], pairs[:, 2:] + anchors[:, None]], axis=1
        )
        merged = _merged(shapes, chances[likely])
        return [self._detection(shape, score, side) for shape, score in merged]

    def _detection(self, shape: FloatArray, score: float, side: int) -> Detection:
        placed = self.window.to_photo(shape, side)
        return Detection(score, placed[0], placed[1], placed[2:])


def each(sights: list[Sight], raw: RawBoxes) -> list[list[Detection]]:
    """The faces of every picture of one run of a detector."""
    return [
        sight.faces(boxes, scores) for sight, boxes, scores in zip(sights, raw.boxes, raw.scores, strict=True)
    ]


@cache
def anchors_of(reach: Range) -> FloatArray:
    """(anchors, 2) their places, in shares of the picture's side, row by row, coarser strides last."""
    placed = []
    for stride, count in _STRIDES[reach]:
        cells = SIDES[reach] // stride
        rows, columns = np.mgrid[0:cells, 0:cells]
        middles = np.stack([columns.ravel(), rows.ravel()], axis=1) + 0.5
        placed.append(np.repeat(middles / cells, count, axis=0))
    return np.concatenate(placed)


def _merged(shapes: FloatArray, scores: FloatArray) -> list[tuple[FloatArray, float]]:
    """Boxes of one face become one, weighted by their scores: (8, 2) each, and the highest score."""
    left = np.argsort(-scores, kind="stable")
    found = []
    while len(left):
        best = left[0]
        same = _overlaps(shapes[best], shapes[left]) > _SAME_FACE
        same[0] = True
        group: IntArray = left[same]
        found.append((np.average(shapes[group], axis=0, weights=scores[group]), float(scores[best])))
        left = left[~same]
    return found


def _overlaps(one: FloatArray, others: FloatArray) -> FloatArray:
    """(n,) intersection over union of a box with others (n, 8, 2)."""
    low, high = np.maximum(one[0], others[:, 0]), np.minimum(one[1], others[:, 1])
    shared = np.prod(np.maximum(high - low, 0.0), axis=1)
    areas = np.prod(np.maximum(others[:, 1] - others[:, 0], 0.0), axis=1)
    area = float(np.prod(np.maximum(one[1] - one[0], 0.0)))
    union = np.maximum(areas + area - shared, np.finfo(float).tiny)
    overlaps: FloatArray = shared / union
    return overlaps
