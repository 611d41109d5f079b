"""Textures of one context: noise that surfaces have, and the pictures that avatars wear."""

from __future__ import annotations

import functools

import moderngl
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from services.mesher.domain.paint import Texture

_SEED = 20
_DTYPES = {np.dtype(np.uint8): "f1", np.dtype(np.uint16): "nu2"}
"""What the card is told of steps from 0 to 1."""
Steps = NDArray[np.uint8] | NDArray[np.uint16]


class Textures:
    """Keeps those that everybody wears."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self.grain = self._made(_grain())
        self.strands = self._made(_strands())
        self.weave = self._made(_weave())
        self.white = self._made(np.full((4, 4, 3), 255, np.uint8))
        self._kept = functools.lru_cache(maxsize=8)(self._worn)

    def worn(self, texture: Texture | None) -> moderngl.Texture:
        """A picture that a surface wears; white for none."""
        if texture is None:
            return self.white
        return self._kept(texture) if texture.for_everybody else self._worn(texture)

    def picture(self, pixels: Steps) -> moderngl.Texture:
        """Any picture, as it is."""
        height, width, channels = pixels.shape
        return self._context.texture(
            (width, height),
            channels,
            np.ascontiguousarray(pixels).tobytes(),
            alignment=1,
            dtype=_DTYPES[pixels.dtype],
        )

    def _worn(self, texture: Texture) -> moderngl.Texture:
        return self._made(texture.pixels.astype(np.uint8))

    def _made(self, pixels: Steps) -> moderngl.Texture:
        texture = self.picture(pixels)
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        return texture


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Any field as 0..1 about its middle: three deviations fill the range."""
    spread: NDArray[np.float64] = np.clip((values - values.mean()) / (6.0 * values.std()) + 0.5, 0.0, 1.0)
    return spread


def _bytes(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The same as 0..255."""
    steps: NDArray[np.uint8] = np.rint(255.0 * _spread(values)).astype(np.uint8)
    return steps


def _noise(
    generator: np.random.Generator, shape: tuple[int, int], sigma: tuple[float, float]
) -> NDArray[np.float64]:
    """Noise that repeats at its edges; `sigma` in pixels down and across."""
    field: NDArray[np.float64] = ndimage.gaussian_filter(generator.standard_normal(shape), sigma, mode="wrap")
    return field


def _grain() -> NDArray[np.uint8]:
    """(256, 256, 3): slopes of pores across and down, and how dark a place is."""
    generator = np.random.default_rng(_SEED)
    size = (256, 256)
    fine, broad = _noise(generator, size, (1.6, 1.6)), _noise(generator, size, (5.0, 5.0))
    height = fine / fine.std() + 0.6 * broad / broad.std()
    blotch = _noise(generator, size, (14.0, 14.0))
    dark = blotch / blotch.std() + 0.5 * broad / broad.std()
    down, across = (np.roll(height, -1, axis) - np.roll(height, 1, axis) for axis in (0, 1))
    return np.stack([_bytes(across), _bytes(down), _bytes(dark)], axis=2)


def _strands() -> NDArray[np.uint16]:
    """(256, 512, 4): four kinds of difference between strands, which change slowly along them.

    In 16 bits: whether a strand covers a sample is decided by a threshold, and of bytes every driver filters others. Of the
    pixels of a portrait in 10,000 up to three differed visibly between two drivers, and none do so, for 3 % of its time.
    """
    generator = np.random.default_rng(_SEED + 1)
    fields = [_spread(_noise(generator, (256, 512), (40.0, across))) for across in (1.1, 1.6, 1.0, 4.0)]
    steps: NDArray[np.uint16] = np.rint(65535.0 * np.stack(fields, axis=2)).astype(np.uint16)
    return steps


def _weave() -> NDArray[np.uint8]:
    """(256, 256, 3): slopes of threads across and down, and the shade between them; twill, 32 threads to a side."""
    generator = np.random.default_rng(_SEED + 2)
    y, x = np.mgrid[0:256, 0:256] / 8.0 * 2.0 * np.pi
    over = np.sin(x) * np.sin(y)
    height = over + 0.25 * _noise(generator, (256, 256), (1.0, 6.0)) * 6.0
    down, across = (np.roll(height, -1, axis) - np.roll(height, 1, axis) for axis in (0, 1))
    return np.stack([_bytes(across), _bytes(down), _bytes(height)], axis=2)
