"""Array types of the face model."""

from __future__ import annotations

from photos.arrays import FloatArray, IntArray, RgbImage

__all__ = ["FloatArray", "IntArray", "RgbImage"]
