"""The chunks of a PNG file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from photos import exif
from photos.model import Header, PhotoFormat, damaged, number

MAGIC = b"\x89PNG\r\n\x1a\n"

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Colour type -> channels."""
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""Colour type -> bits a channel that PNG allows."""
_MAKE_THE_PICTURE = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_MOST_CHUNKS = 20_000
"""10 MB in chunks of 512 bytes; libpng writes 8 KB."""
_MOST_ORIENTATION_BYTES = 65_536
_LONGEST_PROFILE_NAME = 80


@dataclass(frozen=True, slots=True)
class _Chunk:
    kind: bytes
    body: int
    """Where its content begins."""
    length: int

    @property
    def file_range(self) -> slice:
        """With length, kind and checksum."""
        return slice(self.body - 8, self.body + self.length + 4)


def header(data: bytes) -> Header:
    """What the file says, as far as it is there. PhotoRefused where it is no PNG."""
    if number(data, 8, 4) != 13 or data[12:16] != b"IHDR":
        raise damaged("the first chunk is another")
    width, height, depth, colour = (
        number(data, at, size) for at, size in ((16, 4), (20, 4), (24, 1), (25, 1))
    )
    compression, filtering, interlace = (number(data, at, 1) for at in (26, 27, 28))
    if depth not in _DEPTHS.get(colour, ()) or compression or filtering or interlace > 1:
        raise damaged("a header that PNG does not allow")
    if not 0 < width < 2**31 or not 0 < height < 2**31:
        raise damaged("a picture without pixels")
    orientation, animated = exif.UPRIGHT, False
    for chunk in _chunks(data):
        if chunk.kind == b"eXIf":
            orientation = exif.orientation(
                data[chunk.body : chunk.body + min(chunk.length, _MOST_ORIENTATION_BYTES)]
            )
        animated = animated or chunk.kind == b"acTL"
    return Header(PhotoFormat.PNG, width, height, _CHANNELS[colour], depth, orientation, animated)


def bare(data: bytes, profile: bytes | None = None, orientation: int = exif.UPRIGHT) -> bytes:
    """The file with nothing but what makes its first picture, and what is given beside it: no texts, no further frames."""
    kept = [data[chunk.file_range] for chunk in _chunks(data) if chunk.kind in _MAKE_THE_PICTURE]
    return b"".join([MAGIC, *kept[:1], *_beside(profile, orientation), *kept[1:]])


def _beside(profile: bytes | None, orientation: int) -> Iterator[bytes]:
    if profile:
        yield _written(b"iCCP", b"ICC\x00\x00" + zlib.compress(profile))
    if orientation != exif.UPRIGHT:
        yield _written(b"eXIf", exif.saying(orientation))


def _written(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def profile(data: bytes, most: int) -> bytes | None:
    """The ICC profile of at most so many bytes, or None."""
    for chunk in _chunks(data):
        if chunk.kind == b"iCCP":
            body = data[chunk.body : chunk.body + chunk.length]
            name, _, packed = body.partition(b"\x00")
            return _unpacked(packed[1:], most) if len(name) < _LONGEST_PROFILE_NAME else None
    return None


def _unpacked(packed: bytes, most: int) -> bytes | None:
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(packed, most)
    except zlib.error:
        return None
    return unpacked if unpacking.eof else None


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """All chunks up to the end of the picture, or of the bytes at hand."""
    at = len(MAGIC)
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(data):
            return
        chunk = _Chunk(data[at + 4 : at + 8], at + 8, number(data, at, 4))
        yield chunk
        at = chunk.file_range.stop
        if chunk.kind == b"IEND":
            return
    raise damaged("too many chunks")
