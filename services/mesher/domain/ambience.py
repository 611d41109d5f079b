"""What a picture behind somebody tells of the light there, so that who stands before it does not look pasted on.

A picture shows one side of a place, and nothing of the lights that hang before it. So no more is read from it than where
it is bright and of which colours, and all of that within bounds: whose skin it falls on is recognised in any light.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facemodel import color
from facemodel.arrays import RgbImage
from services.mesher.domain.stage import Rgb
from services.mesher.domain.surface import FloatArray, IntArray

_LOOKS = 128
"""Pixels along a side that are looked at, at least; more change nothing."""
_WHOLE = 65_535
# Summed as whole numbers, the same picture gives the same light on every machine.
_STEPS = np.rint(color.decode(np.arange(256) / 255.0) * _WHOLE).astype(np.int64)
_BRIGHTNESS = np.array([54, 183, 19])
"""Of the three colours, of 256."""
_USUAL = 0.24
"""Luminance of a picture that is as bright as the studio."""
_DARKEST, _BRIGHTEST = 0.70, 1.06
"""How bright everything gets beside the studio, at most and at least."""
_LAMP_CAST, _SOFT_CAST, _EDGE_CAST = 1.06, 1.14, 1.60
"""How much more or less of one colour than in the studio: of the lamp, of the soft lights, of the two at the outline."""
_SOFT_RANGE, _EDGE_RANGE = 1.35, 1.60
"""How much brighter or darker than all of it one side is taken to be."""
_ONE_SIDED = 1.15
"""How much brighter the right is where the lamp moves there."""
_DIM = 0.01
"""Luminance below which a picture tells no colour."""
_SHADE = 0.045
"""Share of a floor's light that is left in the middle of a shadow."""
_SHADOWS = (0.46, 0.64)
"""How much of a floor a shadow covers at most: on a dark one, and on a bright one."""


@dataclass(frozen=True, slots=True)
class Ambience:
    """Factors on the studio's lights, linear RGB; all 1 in the studio itself."""

    lamp: Rgb = (1.0, 1.0, 1.0)
    around: Rgb = (1.0, 1.0, 1.0)
    """Of the light from the front and from nowhere."""
    above: Rgb = (1.0, 1.0, 1.0)
    below: Rgb = (1.0, 1.0, 1.0)
    left: Rgb = (1.0, 1.0, 1.0)
    """Of the light from behind that draws the outline on the picture's left."""
    right: Rgb = (1.0, 1.0, 1.0)
    mirrored: bool = False
    """Whether the lamp stands on the right."""
    shade: Rgb = (0.0023, 0.0023, 0.0039)
    """Of a floor in shadow, linear RGB."""
    shadow: float = 0.62
    """How much of the floor a shadow covers at most."""


STUDIO = Ambience()


def of(picture: RgbImage | None) -> Ambience:
    """The light of what stands behind; the studio's where no picture does, whatever the backdrop's colours."""
    return STUDIO if picture is None else _read(picture)


def _read(picture: RgbImage) -> Ambience:
    step = max(min(picture.shape[:2]) // _LOOKS, 1)
    light = _STEPS[picture[::step, ::step]]
    rows, columns = light.shape[0], light.shape[1]
    upper, lower = light[: max(2 * rows // 3, 1)], light[2 * rows // 3 :]
    left, right = upper[:, : max(columns // 2, 1)], upper[:, columns // 2 :]
    whole, sky, floor, on_left, on_right = (_mean(part) for part in (light, upper, lower, left, right))
    # Bright places are where the light comes from: sand in the sun, a window, a street's lamps.
    source = _source(light)
    level = float(np.clip(_root(_root(_luminance(whole) / _USUAL)), _DARKEST, _BRIGHTEST))

    def soft(part: FloatArray) -> Rgb:
        return _rgb(level * _contrast(part, whole, _SOFT_RANGE) * _cast(part, _SOFT_CAST))

    def edge(part: FloatArray) -> Rgb:
        return _rgb(level * _contrast(part, whole, _EDGE_RANGE) * _cast(part, _EDGE_CAST))

    bright = float(np.clip(_root(_luminance(floor) / _USUAL), 0.0, 1.0))
    return Ambience(
        lamp=_rgb(level * _cast(source, _LAMP_CAST)),
        around=_rgb(level * _cast(source, _SOFT_CAST)),
        above=soft(sky),
        below=soft(floor),
        left=edge(on_left),
        right=edge(on_right),
        mirrored=_luminance(on_right) > _ONE_SIDED * _luminance(on_left),
        shade=_rgb(_SHADE * floor * _cast(sky, _SOFT_CAST)),
        shadow=_SHADOWS[0] + (_SHADOWS[1] - _SHADOWS[0]) * bright,
    )


def _mean(part: IntArray) -> FloatArray:
    """(3,) linear RGB."""
    mean: FloatArray = part.reshape(-1, 3).sum(axis=0) / (part.shape[0] * part.shape[1] * _WHOLE)
    return mean


def _source(light: IntArray) -> FloatArray:
    """(3,) linear RGB, each pixel counted by how bright it is."""
    brightness = (light @ _BRIGHTNESS)[..., None]
    mean: FloatArray = (light * brightness).reshape(-1, 3).sum(axis=0) / (brightness.sum() * _WHOLE + 1.0)
    return mean


def _luminance(light: FloatArray) -> float:
    return float(color.luminance(light))


def _root(value: float) -> float:
    return float(np.sqrt(value))


def _contrast(part: FloatArray, whole: FloatArray, most: float) -> float:
    """How bright a part is beside the whole picture."""
    share = _root((_luminance(part) + _DIM) / (_luminance(whole) + _DIM))
    return float(np.clip(share, 1.0 / most, most))


def _cast(light: FloatArray, most: float) -> FloatArray:
    """(3,) a light's colour, as factors about 1; eyes get used to a half of it."""
    share = np.sqrt((light + _DIM) / (_luminance(light) + _DIM))
    factors: FloatArray = np.clip(share, 1.0 / most, most)
    return factors


def _rgb(values: FloatArray) -> Rgb:
    red, green, blue = values.tolist()
    return red, green, blue
