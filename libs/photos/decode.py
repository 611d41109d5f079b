"""Bytes of a photo to upright RGB pixels in sRGB."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from photos import limits, strip
from photos.arrays import RgbImage
from photos.model import Header, PhotoFormat, PhotoRefused, damaged

_SAME_COLOUR = 2
"""Of 255: a profile that moves no colour further is sRGB under another name. Half of all photos say so of themselves, and
16 megapixels through a colour table take 0.4 s."""
_LATTICE = 17

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF's orientation -> what makes it upright."""

_DECODERS: Mapping[PhotoFormat, Callable[[BytesIO], Image.Image]] = {
    PhotoFormat.JPEG: JpegImageFile,
    PhotoFormat.PNG: PngImageFile,
    PhotoFormat.WEBP: WebPImageFile,
}
_DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError, OverflowError, struct.error,
)  # fmt: skip
"""What Pillow's decoders raise about bytes that make no picture."""


def upright(data: bytes, enough: int = limits.LARGEST_SIDE) -> RgbImage:
    """The first picture of a photo, turned upright, transparent parts over white, colours in sRGB.

    Where a part of its pixels leaves the longest side `enough` of them, no more are decoded: of JPEG, whose decoder makes a
    picture half as large in a third of the time.

    PhotoRefused unless the whole file is within the limits and makes a picture. A decoder sees only bytes of its own
    format, and of those only what makes the picture, so that texts, profiles and thumbnails cost nothing, however they
    are packed; it never sees a file whose header asks for more than the limits.
    """
    header = limits.check(data, len(data))
    try:
        picture = _colour_managed(
            _flattened(_decoded(data, header, enough)), strip.profile(data, header.format)
        )
        if header.orientation in _TURNS:
            picture = picture.transpose(_TURNS[header.orientation])
        return np.asarray(picture)
    except PhotoRefused:
        raise
    except _DECODER_ERRORS as error:
        raise damaged("the decoder gave up") from error


def _decoded(data: bytes, header: Header, enough: int) -> Image.Image:
    picture = _DECODERS[header.format](BytesIO(strip.bare(data, header.format)))
    if picture.size != (header.width, header.height):
        raise damaged("the decoder sees another size than the header")
    if isinstance(picture, JpegImageFile):
        share = min(1.0, enough / max(picture.size))
        picture.draft(None, (math.ceil(picture.width * share), math.ceil(picture.height * share)))
    picture.load()
    return picture


def _flattened(picture: Image.Image) -> Image.Image:
    """The picture as L, RGB or CMYK."""
    if picture.mode == "I;16":
        # Whole sixteen bits to eight, rounded: 65535 / 257 = 255.
        return Image.fromarray(((np.asarray(picture).astype(np.uint32) + 128) // 257).astype(np.uint8))
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(white, seen).convert("RGB")
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _colour_managed(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB; a profile that cannot be read or is not of the picture's kind is passed over."""
    transform = _to_srgb(profile, picture.mode) if profile else None
    managed = transform.apply(picture) if transform else picture
    return managed.convert("RGB")


def _to_srgb(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The way from a profile to sRGB, or None where there is none, or it changes nothing."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return None if mode == "RGB" and _changes_nothing(transform) else transform


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    steps = np.linspace(0, 255, _LATTICE).round().astype(np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    moved = np.asarray(transform.apply(Image.fromarray(colours))).astype(int) - colours
    return int(np.abs(moved).max()) <= _SAME_COLOUR
