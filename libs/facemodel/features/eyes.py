"""The colour of the irises."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from facemodel import color
from facemodel.arrays import RgbImage
from facemodel.features import samples
from facemodel.features.light import Light, sides
from facemodel.features.model import EyeColor, MeasuredColor, Reason
from facemodel.view import View

_FEWEST = 20
"""Samples of the ring between pupil and rim, of 225 between the lids: fewer are left where the lids are nearly closed."""
_SMALLEST_PX = 3.0
"""Radius of an iris below which its ring mixes with pupil and white."""
_DARK = 10.0
"""Percentile below which lie lashes and the rest of the pupil ..."""
_GLINT = 60.0
"""... and above which lie glints, and white where the iris is not where it was thought to be."""


def irises(
    views: Sequence[View], images: Sequence[RgbImage], lights: Sequence[Light], *, hidden: bool
) -> EyeColor:
    """The colour of both irises together; `hidden` where dark lenses are before them."""
    if hidden:
        return EyeColor(None, Reason.EYES_HIDDEN)
    found, small = [], False
    for view, image, light in zip(views, images, lights, strict=True):
        for side in sides(view):
            _, radius = samples.iris(view.mesh.points, side)
            ring = samples.iris_ring(image, view.mesh.points, side)
            if radius < _SMALLEST_PX:
                small = True
            elif len(ring) >= _FEWEST:
                found.append(ring * light.gain)
    if not found:
        return EyeColor(None, Reason.TOO_SMALL if small else Reason.EYES_HIDDEN)
    ring = np.concatenate(found)
    brightness = color.luminance(ring)
    low, high = np.percentile(brightness, (_DARK, _GLINT))
    iris = np.median(ring[(brightness >= low) & (brightness <= high)], axis=0)
    red, green, blue = (int(level) for level in color.pixels(iris))
    known = float(np.mean([light.known for light in lights]))
    return EyeColor(MeasuredColor((red, green, blue), 0.3 + 0.5 * known))
