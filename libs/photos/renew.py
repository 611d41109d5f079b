"""A photo encoded anew: what is kept of one that a person wants to keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from photos import encode, header, limits
from photos.arrays import RgbImage
from photos.decode import upright
from photos.model import PhotoFormat

_QUALITY = 95
"""Of JPEG and WebP: twice the bytes of 90, and next to nothing is lost a second time."""
_ENCODERS: Mapping[PhotoFormat, Callable[[RgbImage], bytes]] = {
    PhotoFormat.JPEG: partial(encode.jpeg, quality=_QUALITY),
    PhotoFormat.PNG: encode.png,
    PhotoFormat.WEBP: partial(encode.webp, quality=_QUALITY),
}
_SMALLER = 0.8
"""Of a side, for the next try at a file that may be read again as a photo."""


def renewed(data: bytes) -> tuple[bytes, PhotoFormat]:
    """The photo in the format that it came in: its pixels, upright and in sRGB, and nothing else that was in the file.

    It is as large as it was, unless its file would be larger than that of any photo that is taken. PhotoRefused where it is
    none itself.
    """
    kind, pixels = header.read(data).format, upright(data)
    file = _ENCODERS[kind](pixels)
    while len(file) > limits.LARGEST_FILE:
        pixels = encode.shrunk(pixels, round(_SMALLER * max(pixels.shape[:2])))
        file = _ENCODERS[kind](pixels)
    return file, kind
