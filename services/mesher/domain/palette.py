"""Colours of drawn styles: what a colour becomes in the light and in the shadow of a drawing, and the ink beside it.

All of it is told in OKLab (Ottosson 2020), where equal steps look equally large: a shadow is darker by a share, and leans
to another hue, as painters have it; that of skin to red, that of all else to violet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.mesher.domain.stage import Rgb, Substance
from services.mesher.domain.surface import FloatArray

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB, _FROM_CONES = np.linalg.inv(_TO_LAB), np.linalg.inv(_TO_CONES)
_LEAST = 2e-3
"""Linear light below which nothing is multiplied: black has no colour to lean from."""

_LIFTED_BELOW, _LIFTED_TO = 0.64, 0.74
"""Lightness below which skin is drawn lighter, and the share of its way below that which is left."""
_SKIN_HUE, _SKIN_CHROMA = np.radians(52.0), 0.042
"""What even the greyest skin has of colour."""
_ROSE, _VIOLET = np.radians(18.0), np.radians(292.0)
_LIP_LEAST = 0.046
"""Of colour, what lips have beside six tenths of the skin's."""
_LIP_LIGHT, _LIP_DARK = -0.12, 0.073
"""How much lighter lips are than skin: on light skin they are darker, on dark skin lighter."""
_DARK = 0.52
"""Lightness of skin from which on its lips are darker than it."""
_RIM_BELOW = 0.75
"""Lightness from which on nothing needs a rim of light."""
_BROW_BELOW = 0.24
"""How much darker than skin brows are at least."""


@dataclass(frozen=True, slots=True)
class Shading:
    """How a drawn style shades."""

    vivid: float
    """How much more colour than in life."""
    depth: float
    """Share of its lightness that a colour loses in the shadow."""
    lean: float
    """How far a shadow leans to its hue, of a lightness of 1."""
    ink: float
    """Share of a colour's lightness that the ink beside it has."""


@dataclass(frozen=True, slots=True)
class Tones:
    """What multiplies the colour of a surface, linear RGB."""

    light: Rgb
    shadow: Rgb


def drawn(color: Rgb, substance: Substance, shading: Shading) -> Rgb:
    """A colour as it is drawn in the light; linear RGB."""
    lightness, a, b = _lab(color)
    if substance is not Substance.SKIN:
        return _rgb(np.array([lightness, a * shading.vivid, b * shading.vivid]))
    if lightness < _LIFTED_BELOW:
        lightness = _LIFTED_BELOW - _LIFTED_TO * (_LIFTED_BELOW - lightness)
    least = _SKIN_CHROMA * min(1.0, 2.2 - 2.0 * lightness)
    chroma, hue = float(np.hypot(a, b)) * shading.vivid, float(np.arctan2(b, a))
    if chroma < least:
        chroma, hue = least, _SKIN_HUE
    return _rgb(np.array([lightness, chroma * np.cos(hue), chroma * np.sin(hue)]))


def tones(color: Rgb, substance: Substance, shading: Shading) -> Tones:
    """What a surface of this colour, linear RGB, is multiplied by in the light and in the shadow."""
    light = drawn(color, substance, shading)
    lightness, a, b = _lab(light)
    hue = _ROSE if substance is Substance.SKIN else _VIOLET
    lean = shading.lean * lightness
    left = 1.0 - shading.depth
    shadow = _rgb(np.array([lightness * left, left * a + lean * np.cos(hue), left * b + lean * np.sin(hue)]))
    return Tones(_over(light, color), _over(shadow, color))


def ink(color: Rgb, substance: Substance, shading: Shading) -> Rgb:
    """The ink that goes round a surface of this colour; linear RGB."""
    lightness, a, b = _lab(drawn(color, substance, shading))
    return _rgb(np.array([lightness * shading.ink, a * 0.7, b * 0.7]))


def lips(skin: Rgb, shading: Shading) -> Rgb:
    """Lips on skin of this colour, linear RGB: redder, and as much darker or lighter as it takes to be seen."""
    lightness, a, b = _lab(drawn(skin, Substance.SKIN, shading))
    step = _LIP_LIGHT if lightness > _DARK else _LIP_DARK
    chroma = _LIP_LEAST + 0.6 * float(np.hypot(a, b))
    return _rgb(np.array([lightness + step, chroma * np.cos(_ROSE), chroma * np.sin(_ROSE)]))


def brows(color: Rgb, skin: Rgb, shading: Shading) -> Rgb:
    """Brows of this colour as they are drawn on skin of that one, linear RGB: dark enough to be seen on it."""
    lightness, a, b = _lab(color)
    most = max(_lab(drawn(skin, Substance.SKIN, shading))[0] - _BROW_BELOW, 0.0)
    return _rgb(np.array([min(lightness, most), a, b]))


def shine(hair: Rgb, shading: Shading) -> Rgb:
    """The band of light on hair of this colour, linear RGB: its own hue, lighter, and paler the darker it is."""
    lightness, a, b = _lab(drawn(hair, Substance.HAIR, shading))
    bright = lightness + (0.97 - lightness) * 0.5
    return _rgb(np.array([bright, 0.85 * a, 0.85 * b]))


def darkness(color: Rgb) -> float:
    """How far a colour is below the lightness that needs no rim of light; 0 and more."""
    return max(_RIM_BELOW - float(_lab(color)[0]), 0.0)


def _over(drawn: Rgb, color: Rgb) -> Rgb:
    red, green, blue = (np.maximum(drawn, _LEAST) / np.maximum(color, _LEAST)).tolist()
    return red, green, blue


def _lab(color: Rgb) -> FloatArray:
    lab: FloatArray = _TO_LAB @ np.cbrt(_TO_CONES @ np.maximum(color, 0.0))
    return lab


def _rgb(lab: FloatArray) -> Rgb:
    """Linear RGB of the nearest that a screen shows."""
    red, green, blue = np.clip(_FROM_CONES @ (_FROM_LAB @ lab) ** 3, 0.0, 1.0).tolist()
    return red, green, blue
