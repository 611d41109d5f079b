"""Pictures of faces as files: JPEG, which every reader of glTF knows."""

from __future__ import annotations

from facemodel.arrays import RgbImage
from photos import encode
from services.mesher.adapters import picture_files

_LARGEST = 1024
"""Pixels a side: what the generator stores has 768 at most."""
_QUALITIES = (92, 84, 74, 62, 45, 30, 18, 9, 4)
"""The last for noise alone, of which no face is made."""


class JpegPictures:
    """The `Pictures` that reads what the generator stores, and writes JPEG."""

    media_type = "image/jpeg"

    def read(self, data: bytes) -> RgbImage:
        """The picture; InvalidPicture where the bytes are none, or one too large."""
        return picture_files.read(data, _LARGEST)

    def write(self, pixels: RgbImage, most_bytes: int) -> bytes:
        """The picture as finely as so many bytes allow; coarsely where none does."""
        data = b""
        for quality in _QUALITIES:
            data = encode.jpeg(pixels, quality)
            if len(data) <= most_bytes:
                break
        return data
