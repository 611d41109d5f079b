"""sRGB's transfer curve: formats without colour management hold encoded numbers, materials hold light."""

from __future__ import annotations

import numpy as np

from services.mesher.domain.surface import FloatArray


def encode(light: FloatArray) -> FloatArray:
    """Linear 0..1 to sRGB 0..1."""
    encoded: FloatArray = np.where(
        light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 0.0) ** (1 / 2.4) - 0.055
    )
    return encoded


def decode(encoded: FloatArray) -> FloatArray:
    """sRGB 0..1 to linear 0..1."""
    light: FloatArray = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return light
