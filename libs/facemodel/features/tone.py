"""The colour of the skin: what the photos show, brought to white light, and its place on the Monk scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facemodel import color
from facemodel.arrays import FloatArray, RgbImage
from facemodel.features import samples
from facemodel.features.calibration import calibrated
from facemodel.features.light import Light, sides
from facemodel.features.model import MeasuredColor, Reason, SkinTone
from facemodel.view import View

MONK = (
    "#f6ede4", "#f3e7db", "#f7ead0", "#eadaba", "#d7bd96", "#a07e56", "#825c43", "#604134", "#3a312a", "#292420",
)  # fmt: skip
"""The Monk Skin Tone Scale, 1 to 10, as its author and Google published it (skintone.google, CC BY 4.0)."""
MONK_LIGHT = color.light(
    np.array([[int(code[at : at + 2], 16) for at in (1, 3, 5)] for code in MONK], np.uint8)
)
"""(10, 3) the same as linear light."""
_MONK_LAB = color.lab(MONK_LIGHT)
_MIDDLE = (40.0, 90.0)
"""Percentiles of a patch's brightness that count: below lie shadows, folds and stubble, above highlights."""
_FOREHEAD = 2
_SAME_SKIN = 8.0
"""CIEDE2000 to the cheeks above which the patch on the forehead is taken for hair or a hat."""
_DARKEST = 0.002
"""Luminance, six of 255 as it is encoded: darker skin cannot be told from the sensor's noise."""
_CLIPPED = 0.8
"""Share of pixels with a channel at its end above which a patch says nothing."""
_UNEVEN = 14.0
"""CIEDE2000 between the photos and their mean from which on none of them is believed."""
_TRUST_WITHOUT_WHITE = 0.4
_ALONE = 0.6
_FLOOR = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The skin as photos show it, once they are brought to white light."""

    light: FloatArray
    """(3,) linear."""
    apart: float
    """CIEDE2000 of the photos from their mean."""
    photos: int
    known: float
    """Share of the photos in which the whites of the eyes were seen."""


def skin(views: Sequence[View], images: Sequence[RgbImage], lights: Sequence[Light]) -> SkinTone:
    """The skin, from all photos together; each is brought to white light by its own `lights`."""
    found = shown(views, images, lights)
    if isinstance(found, Reason):
        return SkinTone(None, None, found)
    confidence = (_TRUST_WITHOUT_WHITE + (1.0 - _TRUST_WITHOUT_WHITE) * found.known) * _agreement(found)
    own = calibrated(found.light)
    red, green, blue = (int(level) for level in color.pixels(own))
    return SkinTone(MeasuredColor((red, green, blue), float(confidence)), nearest_monk(own))


def shown(views: Sequence[View], images: Sequence[RgbImage], lights: Sequence[Light]) -> Shown | Reason:
    """What the photos show together, or why they say nothing."""
    seen = [_seen(view, image) for view, image in zip(views, images, strict=True)]
    usable = [
        (found, light) for found, light in zip(seen, lights, strict=True) if isinstance(found, np.ndarray)
    ]
    if not usable:
        return next(found for found in seen if isinstance(found, Reason))
    corrected = np.log(np.array([found * light.gain for found, light in usable]) + _FLOOR)
    mean = np.clip(np.exp(np.median(corrected, axis=0)) - _FLOOR, 0.0, 1.0)
    apart = float(color.difference(color.lab(np.clip(np.exp(corrected), 0.0, 1.0)), color.lab(mean)).mean())
    if apart > _UNEVEN:
        return Reason.UNEVEN_LIGHT
    return Shown(mean, apart, len(usable), float(np.mean([light.known for _, light in usable])))


def nearest_monk(linear: FloatArray) -> int:
    """1..10: the tone of the scale that looks most like this linear light (3,)."""
    return int(np.argmin(color.difference(color.lab(linear), _MONK_LAB))) + 1


def _agreement(found: Shown) -> float:
    """0..1: how much the photos confirm each other; one alone is confirmed by none."""
    return 1.0 - found.apart / _UNEVEN / 2.0 if found.photos > 1 else _ALONE


def _seen(view: View, image: RgbImage) -> FloatArray | Reason:
    """(3,) linear light of the skin in one photo, or why it says nothing."""
    points = view.mesh.points
    cheeks = [samples.patch(image, points, samples.PATCHES[side]) for side in sides(view)]
    open_ends = [patch for patch in cheeks if _clipped(patch).mean() < _CLIPPED]
    if not open_ends:
        return Reason.TOO_BRIGHT
    light: FloatArray = np.mean([_middle(patch) for patch in open_ends], axis=0)
    if color.luminance(light) < _DARKEST:
        return Reason.TOO_DARK
    forehead = _middle(samples.patch(image, points, samples.PATCHES[_FOREHEAD]))
    if color.difference(color.lab(forehead), color.lab(light)) < _SAME_SKIN:
        light = np.mean([light, light, forehead], axis=0)
    return light


def _middle(patch: FloatArray) -> FloatArray:
    """(3,) the median of what is neither shadow nor highlight."""
    brightness = color.luminance(patch)
    low, high = np.percentile(brightness, _MIDDLE)
    middle: FloatArray = np.median(patch[(brightness >= low) & (brightness <= high)], axis=0)
    return middle


def _clipped(patch: FloatArray) -> NDArray[np.bool_]:
    """(n,) whether all channels are at their end: nothing is known of the hue either."""
    clipped: NDArray[np.bool_] = np.all(patch >= 1.0, axis=1)
    return clipped
