"""What the network of traits is shown of a face: the head, the eyes with their brows, and both ears, in one size.

All is cut by the face's own axes, as the points of the mesh lie in depth: where the ears must be is known even where
no point of the mesh lies on them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from facemodel.arrays import FloatArray, RgbImage
from facemodel.features.axes import Axes
from photos import crop
from photos.crop import Grid, Window

HEAD, EYES, EAR = 64, 80, 40
"""Pixels a side."""
_CHEEKS = (234, 454)
"""Points before the right and the left ear."""
_LOBE = np.array([0.08, -0.30, -0.12])
"""From there to the middle of an ear with what hangs at it: outwards, up, forward, in distances of the eyes' corners."""
_SIDES = (3.4, 1.35, 0.80)
"""Sides of the squares around head, eyes and ear, in the same unit."""
_ABOVE_EYES = np.array([0.0, 0.25, 0.0])
_RIGHT_MARKS = (
    46, 53, 52, 65, 55, 70, 63, 105, 66, 107,  # the brow, its lower and its upper edge
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173,  # the lids
    468, 469, 470, 471, 472,
)  # fmt: skip
_LEFT_MARKS = (
    276, 283, 282, 295, 285, 300, 293, 334, 296, 336,
    263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398,
    473, 476, 475, 474, 477,
)  # fmt: skip
MARKS = len(_RIGHT_MARKS) + len(_LEFT_MARKS)


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """One face of one photo, as the network takes it."""

    head: RgbImage
    """(64, 64, 3)."""
    eyes: RgbImage
    """(80, 80, 3)."""
    ears: tuple[RgbImage, RgbImage]
    """(40, 40, 3) each, the right one, and the left one in the mirror."""
    marks: FloatArray
    """(62, 2) float32 points of brows, lids and irises, the right ones first: shares of the square `eyes`, 0 its middle."""


def cuts(image: RgbImage, points: FloatArray) -> Cuts:
    """The network's view of the face with these points (478, 3) of the photo."""
    face = Axes.of(points)
    head_side, eyes_side, ear_side = _SIDES
    head = face.window(face.away(face.middle, _ABOVE_EYES), head_side)
    eyes = face.window(face.middle, eyes_side)
    ears = []
    for cheek, outwards in zip(_CHEEKS, (-1.0, 1.0), strict=True):
        ear = face.away(points[cheek], _LOBE * [outwards, 1.0, 1.0])
        ears.append(_cut(image, face.window(ear, ear_side), EAR))
    return Cuts(
        _cut(image, head, HEAD),
        _cut(image, eyes, EYES),
        (ears[0], np.ascontiguousarray(ears[1][:, ::-1])),
        _within(points[list(_RIGHT_MARKS + _LEFT_MARKS), :2], eyes),
    )


def tensors(shown: list[Cuts]) -> dict[str, FloatArray]:
    """The network's inputs: `head` and `eyes` (N, 3, s, s), `ears` (N, 2, 3, s, s) in 0..1, `marks` (N, 62, 2)."""
    ears = [crop.tensor([each.ears[side] for each in shown], 0.0, 1.0) for side in (0, 1)]
    return {
        "head": crop.tensor([each.head for each in shown], 0.0, 1.0),
        "eyes": crop.tensor([each.eyes for each in shown], 0.0, 1.0),
        "ears": np.stack(ears, axis=1),
        "marks": np.stack([each.marks for each in shown]).astype(np.float32),
    }


def _cut(image: RgbImage, window: Window, pixels: int) -> RgbImage:
    return window.cut(image, Grid(pixels, pixels, repeat_edge=False, smooth=True))


def _within(places: FloatArray, window: Window) -> FloatArray:
    cosine, sine = math.cos(window.angle), math.sin(window.angle)
    turned = (places - window.middle) @ np.array([[cosine, -sine], [sine, cosine]])
    shares: FloatArray = (turned / window.side).astype(np.float32)
    return shares
