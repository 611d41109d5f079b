"""A photo without all that is not its picture, by its parts: nothing is decoded, no pixel changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from photos import jpeg, png, webp
from photos.model import Header, PhotoFormat

_LARGEST_PROFILE = 1_048_576
"""Bytes. Profiles of cameras and screens take 0.5 to 4 KB, of presses 0.6 MB."""


class _Parts(Protocol):
    """What the module of a format knows of its files."""

    def bare(self, data: bytes, profile: bytes | None = None, orientation: int = 1) -> bytes: ...

    def profile(self, data: bytes, most: int) -> bytes | None: ...


_PARTS: Mapping[PhotoFormat, _Parts] = {
    PhotoFormat.JPEG: jpeg,
    PhotoFormat.PNG: png,
    PhotoFormat.WEBP: webp,
}


def bare(data: bytes, kind: PhotoFormat) -> bytes:
    """The file with nothing but what makes its first picture. PhotoRefused where its parts are damaged."""
    return _PARTS[kind].bare(data)


def profile(data: bytes, kind: PhotoFormat) -> bytes | None:
    """The ICC profile of its colours, or None where there is none, or one too large to be one."""
    return _PARTS[kind].profile(data, _LARGEST_PROFILE)


def stripped(data: bytes, header: Header) -> bytes:
    """The file with its picture, the profile of its colours and which way is up: it decodes to the same pixels, and says
    nothing of where, when and with what it was taken. PhotoRefused where its parts are damaged."""
    return _PARTS[header.format].bare(data, profile(data, header.format), header.orientation)
