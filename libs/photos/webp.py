"""The chunks of a WebP file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from photos import exif
from photos.model import Header, PhotoFormat, damaged, number

_ALPHA, _ANIMATION = 0x10, 0x02
_MOST_CHUNKS = 20_000
"""At the outermost level, where each frame of an animation is one."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    kind: bytes
    body: int
    length: int

    def content(self, data: bytes) -> bytes:
        return data[self.body : self.body + self.length]


def recognises(data: bytes) -> bool:
    """Whether the file calls itself WebP."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def header(data: bytes) -> Header:
    """What the file says, as far as it is there. PhotoRefused where it is no WebP."""
    first = next(_chunks(data), None)
    if first is None:
        raise damaged("no chunk")
    if first.kind == b"VP8 ":
        return _lossy(data, first.body)
    if first.kind == b"VP8L":
        return _lossless(data, first.body)
    if first.kind == b"VP8X":
        return _extended(data, first.body)
    raise damaged("the first chunk is another")


def profile(data: bytes, most: int) -> bytes | None:
    """The ICC profile of at most so many bytes, or None."""
    for chunk in _chunks(data):
        if chunk.kind == b"ICCP":
            return chunk.content(data) if chunk.length <= most else None
    return None


def _lossy(data: bytes, at: int) -> Header:
    """RFC 6386, 9.1: a key frame's tag, its start code, and 14 bits for each side."""
    if number(data, at, 1) & 1 or number(data, at + 3, 3) != 0x9D012A:
        raise damaged("no key frame")
    width, height = (number(data, at + side, 2, little=True) & 0x3FFF for side in (6, 8))
    return _sized(width, height, channels=3)


def _lossless(data: bytes, at: int) -> Header:
    bits = number(data, at + 1, 4, little=True)
    if number(data, at, 1) != 0x2F or bits >> 29:
        raise damaged("no lossless picture")
    return _sized((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, channels=4 if bits >> 28 & 1 else 3)


def _extended(data: bytes, at: int) -> Header:
    flags = number(data, at, 1)
    width, height = (number(data, at + side, 3, little=True) + 1 for side in (4, 7))
    orientation = exif.UPRIGHT
    for chunk in _chunks(data):
        if chunk.kind == b"EXIF":
            orientation = exif.orientation(chunk.content(data))
    return _sized(
        width,
        height,
        channels=4 if flags & _ALPHA else 3,
        orientation=orientation,
        animated=bool(flags & _ANIMATION),
    )


def _sized(width: int, height: int, channels: int, orientation: int = 1, *, animated: bool = False) -> Header:
    if not width or not height:
        raise damaged("a picture without pixels")
    return Header(PhotoFormat.WEBP, width, height, channels, 8, orientation, animated)


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """All chunks of the outermost level, as far as they are there."""
    at, end = 12, min(len(data), number(data, 4, 4, little=True) + 8)
    for _ in range(_MOST_CHUNKS):
        if at + 8 > end:
            return
        chunk = _Chunk(data[at : at + 4], at + 8, number(data, at + 4, 4, little=True))
        yield chunk
        at = chunk.body + chunk.length + chunk.length % 2
    raise damaged("too many chunks")
