"""Format, size and orientation of a photo, from its own bytes and without a decoder."""

from __future__ import annotations

from photos import jpeg, png, webp
from photos.model import Header, PhotoRefused

HEAD_BYTES = 262_144
"""So many first bytes are enough for nearly every photo: EXIF with its thumbnail takes 64 KB, a profile rarely more."""


def read(data: bytes) -> Header:
    """What the file or its first `HEAD_BYTES` say.

    PhotoRefused with `unsupported_media` where it is none of the formats that are taken, with `invalid_image` where its
    header is damaged or not within the bytes given. Nothing is decoded: the work grows with the number of segments or
    chunks, which is bounded, never with the pixels. PNG and WebP may say their orientation behind the pixels: whoever
    gives the first bytes alone may read them as upright.
    """
    if data.startswith(jpeg.MAGIC):
        return jpeg.header(data)
    if data.startswith(png.MAGIC):
        return png.header(data)
    if webp.recognises(data):
        return webp.header(data)
    raise PhotoRefused("unsupported_media", "Unsupported image format. Use JPEG, PNG or WebP.")
