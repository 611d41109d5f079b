"""In what light a photo was taken, as far as the whites of the eyes tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facemodel import color
from facemodel.arrays import FloatArray, RgbImage
from facemodel.features import samples
from facemodel.view import View

_FEWEST = 8
"""Pixels beside an iris; fewer are lid as much as white."""
_BRIGHTEST = (70.0, 97.0)
"""Percentiles: lids and lashes are darker than the white, glints are brighter."""
_WHITE = 1.15
"""Luminance of an eye's white where the photo is exposed as a face should be."""
_TRUST_IN_BRIGHTNESS = 0.5
"""Lids shade the white by some unknown amount, so exposure is corrected by half of what it says, in logarithms ..."""
_LARGEST = (0.7, 1.2)
"""... and by no more than this: the whites of real eyes lie deeper in their lids than rendered ones, and 1.4, which is better
on renders, made fair people in well exposed photos white."""
_WHITES_HUE = np.array([1.01, 1.0, 0.945])
"""What an eye's white reflects of white light: it is a little yellow, and lit by the lids too."""
_TRUST_IN_HUE = 0.7
"""The white reflects what the lids send it, so its hue is believed by this share."""
_TURNED_DEG = 15.0
"""Turned farther, one cheek and one eye are seen too flatly."""


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """What to multiply a photo's linear light with, so that it is as under white light."""

    gain: FloatArray
    """(3,)."""
    known: bool
    """Whether the whites of the eyes were seen; else the photo is taken as it is."""


def sides(view: View) -> tuple[int, ...]:
    """Which sides of the face a photo shows well: 0 is the person's right, 1 the left."""
    if view.pose.yaw_deg > _TURNED_DEG:
        return (0,)
    return (1,) if view.pose.yaw_deg < -_TURNED_DEG else (0, 1)


def of(view: View, image: RgbImage, *, hidden: bool) -> Light:
    """The light of one photo; `hidden` where dark lenses are before the eyes."""
    seen = [samples.whites(image, view.mesh.points, side) for side in sides(view)]
    whites = np.concatenate(seen)
    if hidden or len(whites) < _FEWEST:
        return Light(np.ones(3), known=False)
    brightness = color.luminance(whites)
    low, high = np.percentile(brightness, _BRIGHTEST)
    white = np.median(whites[(brightness >= low) & (brightness <= high)], axis=0)
    level = max(float(color.luminance(white)), 1e-4)
    exposure = np.clip((_WHITE / level) ** _TRUST_IN_BRIGHTNESS, *_LARGEST)
    return Light(exposure * (level * _WHITES_HUE / np.maximum(white, 1e-4)) ** _TRUST_IN_HUE, known=True)
