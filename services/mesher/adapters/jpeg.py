"""Pictures of faces as files: JPEG, which every reader of glTF knows."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from photos import encode
from photos.decode import RgbImage
from services.mesher.domain.errors import InvalidPicture

_FORMATS = ("JPEG", "PNG", "WEBP")
_LARGEST = 1024
"""Pixels a side: what the generator stores has 768 at most."""
_QUALITIES = (92, 84, 74, 62, 45, 30, 18, 9, 4)
"""The last for noise alone, of which no face is made."""


class JpegPictures:
    """The `Pictures` that reads what the generator stores, and writes JPEG."""

    media_type = "image/jpeg"

    def read(self, data: bytes) -> RgbImage:
        """The picture; InvalidPicture where the bytes are none, or one too large."""
        try:
            picture = Image.open(BytesIO(data), formats=_FORMATS)
            if max(picture.size) > _LARGEST:
                raise InvalidPicture(f"{picture.width} x {picture.height} pixels")
            return np.asarray(picture.convert("RGB"))
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
            raise InvalidPicture("unreadable") from error

    def write(self, pixels: RgbImage, most_bytes: int) -> bytes:
        """The picture as finely as so many bytes allow; coarsely where none does."""
        data = b""
        for quality in _QUALITIES:
            data = encode.jpeg(pixels, quality)
            if len(data) <= most_bytes:
                break
        return data
