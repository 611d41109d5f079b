"""Pictures at the size that is wanted, averaged in light rather than in encoded numbers."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
from scipy import sparse

from facemodel import color
from services.mesher.domain.model import Scene
from services.mesher.domain.paint import Texture
from services.mesher.domain.surface import FloatArray


def limited(scene: Scene, longest: int) -> Scene:
    """The scene with no side of a picture longer than `longest` pixels; 0 leaves all as they are."""
    if not longest:
        return scene
    parts = []
    for part in scene.parts:
        texture = part.material.texture
        if texture is not None:
            part = replace(part, material=replace(part.material, texture=within(texture, longest)))
        parts.append(part)
    return replace(scene, parts=parts)


def within(texture: Texture, longest: int) -> Texture:
    """The picture itself where it is small enough, else one that keeps its proportions."""
    return _kept(texture, longest) if texture.for_everybody else _within(texture, longest)


def _within(texture: Texture, longest: int) -> Texture:
    height, width, _ = texture.pixels.shape
    if max(height, width) <= longest:
        return texture
    scale = longest / max(height, width)
    light = resized(color.light(texture.pixels), max(round(height * scale), 1), max(round(width * scale), 1))
    return Texture(color.pixels(light), texture.for_everybody)


# Made small once, a picture that everybody wears is also encoded once.
_kept = functools.lru_cache(maxsize=16)(_within)


def resized(light: FloatArray, height: int, width: int) -> FloatArray:
    """(h, w, 3) linear light -> (height, width, 3): each new pixel is the mean over the area that it covers."""
    rows, columns, _ = light.shape
    tall = (_shares(rows, height) @ light.reshape(rows, -1)).reshape(height, columns, 3)
    wide = _shares(columns, width) @ tall.transpose(1, 0, 2).reshape(columns, -1)
    small: FloatArray = wide.reshape(width, height, 3).transpose(1, 0, 2)
    return small


def _shares(old: int, new: int) -> sparse.csr_array:
    """(new, old) how much of each old pixel along a side goes into each new one; rows sum to 1."""
    edges = np.arange(new + 1) * (old / new)
    low, high = edges[:-1, None], edges[1:, None]
    pixel = np.arange(old)
    overlap = np.clip(np.minimum(high, pixel + 1.0) - np.maximum(low, pixel), 0.0, None)
    return sparse.csr_array(overlap * (new / old))
