"""sRGB's transfer curve: pictures hold encoded numbers, materials hold light."""

from __future__ import annotations

import numpy as np

from services.mesher.domain.surface import FloatArray, IntArray


def decode(encoded: FloatArray) -> FloatArray:
    """sRGB 0..1 to linear 0..1."""
    light: FloatArray = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return light


def encode(light: FloatArray) -> FloatArray:
    """Linear 0..1 to sRGB 0..1."""
    encoded: FloatArray = np.where(
        light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 0.0) ** (1 / 2.4) - 0.055
    )
    return encoded


def light(pixels: IntArray) -> FloatArray:
    """uint8 sRGB to float32 linear 0..1."""
    table = decode(np.arange(256) / 255.0).astype(np.float32)
    linear: FloatArray = table[pixels]
    return linear


def pixels(light: FloatArray) -> IntArray:
    """Linear 0..1 to the nearest uint8 sRGB."""
    nearest: IntArray = np.rint(255.0 * np.clip(encode(light), 0.0, 1.0)).astype(np.uint8)
    return nearest
