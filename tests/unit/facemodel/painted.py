"""A flat face painted by its points: every colour in it is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from facemodel import color
from facemodel.arrays import FloatArray, IntArray, RgbImage
from facemodel.landmarks import FaceMesh
from facemodel.topology import FaceTopology
from facemodel.view import View

WHITE = (1.01, 1.0, 0.945)
"""Linear light of an eye's white under white light of the usual strength."""
_SIDE = 480
_PIXELS_A_METRE = 2400.0
_LIDS = ("right_eye", "left_eye")


@dataclass(frozen=True, eq=False)
class Painted:
    """A picture and the points of the face in it."""

    image: RgbImage
    points: FloatArray
    """(478, 3)."""

    def view(self, topology: FaceTopology) -> View:
        height, width = self.image.shape[:2]
        return View.of(FaceMesh(self.points, 1.0), (width, height), topology)

    def mirrored(self, topology: FaceTopology) -> Painted:
        """As the mirror shows it: what was right is left."""
        order = np.concatenate([topology.mirror, [473, 476, 475, 474, 477, 468, 471, 470, 469, 472]])
        points = self.points[order] * [-1.0, 1.0, 1.0] + [self.image.shape[1], 0.0, 0.0]
        return Painted(np.ascontiguousarray(self.image[:, ::-1]), points)

    def enlarged(self, times: int, right: int, down: int) -> Painted:
        """So many times as large, in a larger picture."""
        image = np.pad(
            self.image.repeat(times, axis=0).repeat(times, axis=1), ((down, 0), (right, 0), (0, 0))
        )
        return Painted(image, self.points * times + [right, down, 0.0])

    def brightened(self, gain: float) -> Painted:
        """In so many times as much light."""
        return replace(self, image=color.pixels(color.light(self.image) * gain))


def painted(
    topology: FaceTopology, skin: IntArray, iris: tuple[float, float, float] = (0.12, 0.07, 0.03)
) -> Painted:
    """A face seen from the front; `skin` (3,) is sRGB, `iris` linear light."""
    flat = topology.mean * [1.0, -1.0, -1.0] * _PIXELS_A_METRE + [_SIDE / 2.0, _SIDE / 2.0, 0.0]
    lids = [flat[topology.regions[name]] for name in _LIDS]
    irises = np.concatenate([_iris(eye, side) for eye, side in zip(lids, (1.0, -1.0), strict=True)])
    canvas = Image.new("RGB", (_SIDE, _SIDE), tuple(map(int, skin)))
    draw = ImageDraw.Draw(canvas)
    for eye, rim in zip(lids, (irises[:5], irises[5:]), strict=True):
        draw.polygon([(float(x), float(y)) for x, y, _ in eye], fill=_code(WHITE))
        radius = float(np.abs(rim[1:, :2] - rim[0, :2]).max())
        x, y = rim[0, :2].tolist()
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_code(iris))
    return Painted(np.asarray(canvas), np.concatenate([flat, irises]))


def _iris(eye: FloatArray, side: float) -> FloatArray:
    """(5, 3): the middle, then right, top, left and bottom; `side` is -1 where they are numbered the other way round."""
    middle, radius = eye.mean(axis=0), 0.0058 * _PIXELS_A_METRE
    around = np.array([[0, 0, 0], [1, 0, 0], [0, -1, 0], [-1, 0, 0], [0, 1, 0]], float)
    around[:, 0] *= side
    points: FloatArray = middle + radius * around
    return points


def _code(linear: tuple[float, float, float]) -> tuple[int, ...]:
    return tuple(int(level) for level in color.pixels(np.array(linear)))
