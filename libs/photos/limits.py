"""What a photo may be, and the words of source 001 for one that is not."""

from __future__ import annotations

from photos import header
from photos.model import Header, PhotoRefused

SMALLEST_SIDE = 224
"""Pixels: what the landmark network sees."""
LARGEST_SIDE = 4096
"""Pixels: what one decoded photo may take is 4 bytes times its square, 64 MiB."""
LARGEST_FILE = 10_485_760
"""Bytes: source 001's 10 MB, read generously."""


def check(head: bytes, size: int) -> Header:
    """The header of a photo that may be decoded; PhotoRefused says what is wrong with any other.

    `head` is the file, or its first `photos.header.HEAD_BYTES`; `size` is the length of the whole file in bytes.
    """
    if size == 0:
        raise PhotoRefused("file_empty", "File is empty.")
    if size > LARGEST_FILE:
        raise PhotoRefused(
            "file_too_large", "File too large. Maximum size is 10MB.", size=size, most=LARGEST_FILE
        )
    found = header.read(head)
    sides = {"width": found.width, "height": found.height}
    if max(found.width, found.height) > LARGEST_SIDE:
        raise PhotoRefused(
            "image_too_large",
            f"Image too large. Maximum size is {LARGEST_SIDE}x{LARGEST_SIDE} pixels.",
            **sides,
            most=LARGEST_SIDE,
        )
    if min(found.width, found.height) < SMALLEST_SIDE:
        raise PhotoRefused(
            "image_too_small",
            f"Image too small. Minimum size is {SMALLEST_SIDE}x{SMALLEST_SIDE} pixels.",
            **sides,
            least=SMALLEST_SIDE,
        )
    return found
