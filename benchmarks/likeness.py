"""How alike two pictures are, as eyes see them."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_SIGMA = 1.5
"""Pixels: the window in which structure is compared."""
_LIGHT, _STRUCTURE = (0.01 * 255.0) ** 2, (0.03 * 255.0) ** 2


def likeness(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Structural similarity (SSIM, Wang et al. 2004) of two pictures (h, w, 3), in grey; 1 for the same."""
    a, b = (pixels.astype(np.float64).mean(axis=2) for pixels in (one, other))
    blur = functools.partial(ndimage.gaussian_filter, sigma=_SIGMA)
    mean_a, mean_b = blur(a), blur(b)
    vary_a, vary_b = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2
    both = blur(a * b) - mean_a * mean_b
    light, structure = 2.0 * mean_a * mean_b + _LIGHT, 2.0 * both + _STRUCTURE
    return float(
        (light * structure / ((mean_a**2 + mean_b**2 + _LIGHT) * (vary_a + vary_b + _STRUCTURE))).mean()
    )
