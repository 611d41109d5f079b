"""The colours around a face: hair above the forehead, cloth below the chin.

Nothing tells hair from a wall behind it but where it is, so what is seen there has to agree with itself, and a colour comes
with how much it does. Skin is neither: a bald head has no hair colour, and a low neckline no cloth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facemodel import color
from facemodel.arrays import FloatArray, RgbImage
from facemodel.features import samples
from facemodel.features.light import Light
from facemodel.features.model import MeasuredColor
from facemodel.view import View

_BROW, _CHIN = 10, 152
"""The highest point of a face and the lowest, which its upright axis goes through."""
_HAIR = ((-0.32, 0.32), (0.03, 0.33))
_CLOTH = ((-0.6, 0.6), (-1.1, -0.5))
"""Where they are looked for: across and up from the brow or the chin, in heights of the face."""
_HAIR_ROWS = 12
"""Rows above the first that is no skin, a sixth of the face: farther up there may be more wall than short hair."""
_STEPS = 24
_LEAST_SEEN = 0.5
"""Share of the place that must be in the photo, and not be skin."""
_SKIN = 12.0
"""CIEDE2000 to the cheeks below which something is skin: shadows of a head on its own neck come to 10."""
_ALIKE = 14.0
"""CIEDE2000 within which one thing lies: strands of one head, folds of one cloth."""
_EVERY = 7
"""Of the pixels is asked what it is like: some 80, each compared with all."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is seen around a face; None where it cannot be told."""

    hair: MeasuredColor | None
    clothes: MeasuredColor | None


def surroundings(view: View, image: RgbImage, light: Light) -> Surroundings:
    """What one photo from the front shows, brought to white light."""
    skin = color.lab(_skin(view, image))
    return Surroundings(_hair(view, image, skin, light), _clothes(view, image, skin, light))


def _hair(view: View, image: RgbImage, skin: FloatArray, light: Light) -> MeasuredColor | None:
    seen, lies_in = _grid(view, image, _BROW, _HAIR)
    rows = np.arange(_STEPS)
    is_skin = color.difference(color.lab(seen), skin) < _SKIN
    above = rows[is_skin.mean(axis=1) < 0.5]
    if not len(above):
        return None
    strip = slice(int(above[0]), int(above[0]) + _HAIR_ROWS)
    return _told(seen[strip], lies_in[strip] & ~is_skin[strip], light)


def _clothes(view: View, image: RgbImage, skin: FloatArray, light: Light) -> MeasuredColor | None:
    seen, lies_in = _grid(view, image, _CHIN, _CLOTH)
    is_skin = color.difference(color.lab(seen), skin) < _SKIN
    return _told(seen, lies_in & ~is_skin, light)


def _told(seen: FloatArray, counts: NDArray[np.bool_], light: Light) -> MeasuredColor | None:
    """What most of the pixels that count are like; its confidence is the share of the place that they are."""
    if not counts.size or counts.mean() < _LEAST_SEEN:
        return None
    pixels = seen[counts]
    looks = color.lab(pixels)
    alike = color.difference(looks[:, None], looks[None, ::_EVERY]) < _ALIKE
    alike = alike[:, int(np.argmax(alike.sum(axis=0)))]
    shown = np.clip(np.median(pixels[alike], axis=0) * light.gain, 0.0, 1.0)
    red, green, blue = (int(level) for level in color.pixels(shown))
    return MeasuredColor((red, green, blue), float(alike.sum() / counts.size))


def _grid(
    view: View, image: RgbImage, origin: int, place: tuple[tuple[float, float], tuple[float, float]]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """(24, 24, 3) linear light, rows from the face outwards, and (24, 24) whether it lies in the photo."""
    points = view.mesh.points[:, :2]
    up = points[_BROW] - points[_CHIN]
    across = np.array([-up[1], up[0]])
    (left, right), (low, high) = place
    rows = np.linspace(low, high, _STEPS) if low > 0 else np.linspace(high, low, _STEPS)
    steps_up, steps_across = np.meshgrid(rows, np.linspace(left, right, _STEPS), indexing="ij")
    places = points[origin] + steps_up[..., None] * up + steps_across[..., None] * across
    lies_in = ((places >= 0.0) & (places < view.size)).all(axis=-1)
    light = samples.at(image, places.reshape(-1, 2)).reshape(_STEPS, _STEPS, 3)
    return light, lies_in


def _skin(view: View, image: RgbImage) -> FloatArray:
    """(3,) linear light of both cheeks, as the photo has it."""
    cheeks = [samples.patch(image, view.mesh.points, corners) for corners in samples.PATCHES[:2]]
    skin: FloatArray = np.median(np.concatenate(cheeks), axis=0)
    return skin
