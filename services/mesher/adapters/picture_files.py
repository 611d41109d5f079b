"""Drawn pictures as PNG, WebP and JPEG, by Pillow."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from facemodel.arrays import RgbImage
from services.mesher.domain.drawing import PictureFormat
from services.mesher.domain.errors import InvalidPicture
from services.mesher.domain.surface import IntArray

_FORMATS = ("JPEG", "PNG", "WEBP")
_LARGEST = 4096
"""Pixels a side of a picture that stands behind."""
_HOW = {
    # Level 9 takes four times as long for 3 % less.
    PictureFormat.PNG: {"compress_level": 6},
    PictureFormat.WEBP: {"method": 2},
    PictureFormat.JPEG: {"subsampling": 0},
}


class PillowPictures:
    """The `PictureFiles` of Pillow."""

    def write(self, pixels: IntArray, format: PictureFormat, quality: int) -> bytes:
        """The file; without an alpha channel where nothing is transparent, or the format knows none."""
        opaque = format is PictureFormat.JPEG or bool((pixels[..., 3] == 255).all())
        kept = np.ascontiguousarray(pixels[..., :3] if opaque else pixels, np.uint8)
        how = _HOW[format] | ({} if format is PictureFormat.PNG else {"quality": quality})
        file = BytesIO()
        Image.fromarray(kept).save(file, format.name, **how)
        return file.getvalue()

    def filling(self, data: bytes, side: int) -> RgbImage:
        """As the port says, by Lanczos' filter, whose sums are whole numbers; one too large is refused as well."""
        picture = Image.fromarray(read(data, _LARGEST))
        return np.asarray(ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS))


def read(data: bytes, largest: int) -> RgbImage:
    """A stored picture; InvalidPicture where the bytes are none, or one with more pixels a side."""
    try:
        picture = Image.open(BytesIO(data), formats=_FORMATS)
        if max(picture.size) > largest:
            raise InvalidPicture(f"{picture.width} x {picture.height} pixels")
        return np.asarray(picture.convert("RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InvalidPicture("unreadable") from error
