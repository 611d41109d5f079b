"""The outline of a face: oval, round, square, heart, oblong or diamond.

There is no standard. This is our own definition of what stylists mean: four ratios of the fused face, each counted in
standard deviations from the mean of many people, and for each shape the place where a typical one of it lies. A face is
as much of each shape as it lies near to that place. Oval is the mean itself, a little longer than wide, without a corner.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from facemodel.arrays import FloatArray
from facemodel.features.model import FaceShape, Reason

SHAPES: Mapping[str, tuple[float, float, float, float]] = {
    "oval": (0.3, 0.0, -0.3, -0.3),
    "round": (-1.5, 0.0, 0.3, -1.0),
    "square": (-0.8, 0.3, 1.5, 1.2),
    "heart": (0.0, 1.4, -1.5, -0.3),
    "oblong": (1.9, 0.2, 0.4, 0.4),
    "diamond": (0.2, -1.6, -1.2, 0.0),
}
"""Where each lies, in the order of `ratios`."""
MEAN = np.array([1.208, 0.729, 0.777, 0.548])
"""Of the fused faces of eight people in photos: rendered heads are rounder than people are."""
SPREAD = np.array([0.047, 0.020, 0.018, 0.014])
"""Over 237 rendered heads, which differ about as much as people do."""
_CLEAR = 0.08
"""A lead of the likeliest over the next below which the shape is told as unknown."""
_CROWN, _CHIN = 10, 152
_FOREHEAD, _CHEEKBONES, _JAW, _BESIDE_CHIN = (103, 332), (234, 454), (172, 397), (149, 378)


def face_shape(points: FloatArray) -> FaceShape:
    """The shape of a face with these points (468, 3) in its own frame."""
    place = (ratios(points) - MEAN) / SPREAD
    away = np.array([((place - np.array(shape)) ** 2).sum() for shape in SHAPES.values()])
    near = np.exp(-0.5 * (away - away.min()))
    scores = dict(zip(SHAPES, (near / near.sum()).tolist(), strict=True))
    first, second = sorted(scores, key=lambda name: -scores[name])[:2]
    if scores[first] - scores[second] < _CLEAR:
        return FaceShape(scores, None, Reason.UNSURE)
    return FaceShape(scores, first)


def ratios(points: FloatArray) -> FloatArray:
    """(4,): the length of the face, the width of its forehead and that of its jaw, each in widths of its cheekbones, and how
    square the jaw is: the width beside the chin in widths of the jaw.
    """
    cheekbones = _across(points, _CHEEKBONES)
    jaw = _across(points, _JAW)
    length = float(np.linalg.norm(points[_CROWN] - points[_CHIN]))
    return np.array(
        [
            length / cheekbones,
            _across(points, _FOREHEAD) / cheekbones,
            jaw / cheekbones,
            _across(points, _BESIDE_CHIN) / jaw,
        ]
    )


def _across(points: FloatArray, pair: tuple[int, int]) -> float:
    return float(np.linalg.norm(points[pair[0]] - points[pair[1]]))
