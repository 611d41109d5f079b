"""The one thing that EXIF is read for: which way is up."""

from __future__ import annotations

import struct

from photos.model import PhotoRefused, number

PREFIX = b"Exif\x00\x00"
"""Stands before the block in JPEG always, in WebP sometimes."""
UPRIGHT = 1

_ORIENTATION, _SHORT = 0x0112, 3
_MOST_ENTRIES = 512
"""Cameras write some 20 into their first directory."""


def orientation(block: bytes) -> int:
    """EXIF's number, 1 to 8, of a TIFF block with or without its prefix; 1 where it cannot be read."""
    tiff = block.removeprefix(PREFIX)
    try:
        found = _first_directory_says(tiff)
    except PhotoRefused:
        # A photo with a broken block of metadata is still a photo.
        return UPRIGHT
    return found if 1 <= found <= 8 else UPRIGHT


def saying(orientation: int) -> bytes:
    """A TIFF block that says which way is up, and nothing else."""
    head, directory = (b"II", 42, 8), (1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)
    return struct.pack("<2sHI HHHIHHI", *head, *directory)


def _first_directory_says(tiff: bytes) -> int:
    if tiff[:4] not in (b"II*\x00", b"MM\x00*"):
        return UPRIGHT
    little = tiff[:1] == b"I"
    at = number(tiff, 4, 4, little=little)
    entries = number(tiff, at, 2, little=little)
    for entry in range(at + 2, at + 2 + 12 * min(entries, _MOST_ENTRIES), 12):
        if number(tiff, entry, 2, little=little) == _ORIENTATION:
            kind = number(tiff, entry + 2, 2, little=little)
            return number(tiff, entry + 8, 2, little=little) if kind == _SHORT else UPRIGHT
    return UPRIGHT
