"""Colours: encoded sRGB, linear light, CIELAB, and how different two of them look."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facemodel.arrays import FloatArray, IntArray

_TO_XYZ = np.array(
    [
        [0.4123908, 0.3575843, 0.1804808],
        [0.2126390, 0.7151687, 0.0721923],
        [0.0193308, 0.1191948, 0.9505322],
    ]
)
"""IEC 61966-2-1 primaries, D65."""
_WHITE = _TO_XYZ.sum(axis=1)
_BEND = 6.0 / 29.0
_FAR = 25.0**7


def decode(encoded: FloatArray) -> FloatArray:
    """sRGB 0..1 -> linear light 0..1. IEC 61966-2-1."""
    light: FloatArray = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return light


def encode(light: FloatArray) -> FloatArray:
    """Linear light 0..1 -> sRGB 0..1."""
    encoded: FloatArray = np.where(
        light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 0.0) ** (1 / 2.4) - 0.055
    )
    return encoded


_TABLE = decode(np.arange(256) / 255.0).astype(np.float32)
"""Light of each encoded number."""


def light(pixels: IntArray) -> FloatArray:
    """uint8 sRGB -> float32 linear 0..1."""
    linear: FloatArray = _TABLE[pixels]
    return linear


def pixels(light: FloatArray) -> NDArray[np.uint8]:
    """Linear light -> the nearest uint8 sRGB; what is brighter than white is white."""
    nearest: NDArray[np.uint8] = np.rint(255.0 * np.clip(encode(light), 0.0, 1.0)).astype(np.uint8)
    return nearest


def luminance(linear: FloatArray) -> FloatArray:
    """(..., 3) linear light -> (...) CIE Y, 1 for white."""
    y: FloatArray = linear @ _TO_XYZ[1]
    return y


def lab(linear: FloatArray) -> FloatArray:
    """(..., 3) linear light -> CIELAB under D65."""
    share = linear @ _TO_XYZ.T / _WHITE
    bent = np.where(share > _BEND**3, np.cbrt(share), share / (3.0 * _BEND**2) + 4.0 / 29.0)
    x, y, z = np.moveaxis(bent, -1, 0)
    return np.stack([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)], axis=-1)


def difference(one: FloatArray, other: FloatArray) -> FloatArray:
    """(...) CIEDE2000 between CIELAB colours (..., 3); 1 can just be seen side by side. ISO/CIE 11664-6."""
    lightness = (one[..., 0] + other[..., 0]) / 2.0
    chroma = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(other[..., 1], other[..., 2])) / 2.0
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + _FAR))
    first, first_hue = _polar(one, stretch)
    second, second_hue = _polar(other, stretch)
    apart = (second_hue - first_hue + np.pi) % (2.0 * np.pi) - np.pi
    hue = first_hue + apart / 2.0
    grey = first * second == 0.0
    apart, hue = np.where(grey, 0.0, apart), np.where(grey, first_hue + second_hue, hue)
    mean = (first + second) / 2.0
    far = 2.0 * np.sqrt(mean**7 / (mean**7 + _FAR))
    degrees = np.degrees(hue) % 360.0
    twist = np.sin(np.radians(60.0) * np.exp(-(((degrees - 275.0) / 25.0) ** 2))) * far
    in_lightness = (other[..., 0] - one[..., 0]) / (
        1.0 + 0.015 * (lightness - 50.0) ** 2 / np.sqrt(20.0 + (lightness - 50.0) ** 2)
    )
    in_chroma = (second - first) / (1.0 + 0.045 * mean)
    in_hue = 2.0 * np.sqrt(first * second) * np.sin(apart / 2.0) / (1.0 + 0.015 * mean * _hue_weight(hue))
    total: FloatArray = np.sqrt(in_lightness**2 + in_chroma**2 + in_hue**2 - twist * in_chroma * in_hue)
    return total


def _polar(color: FloatArray, stretch: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Chroma, and hue in radians 0..2π, once reds and greens are stretched as greys need it."""
    a, b = stretch * color[..., 1], color[..., 2]
    return np.hypot(a, b), np.arctan2(b, a) % (2.0 * np.pi)


def _hue_weight(hue: FloatArray) -> FloatArray:
    turn = np.radians([30.0, 6.0, 63.0])
    weight: FloatArray = (
        1.0
        - 0.17 * np.cos(hue - turn[0])
        + 0.24 * np.cos(2.0 * hue)
        + 0.32 * np.cos(3.0 * hue + turn[1])
        - 0.20 * np.cos(4.0 * hue - turn[2])
    )
    return weight
