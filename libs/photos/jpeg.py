"""The segments of a JPEG file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from photos import exif
from photos.model import Header, PhotoFormat, PhotoRefused, damaged, number

MAGIC = b"\xff\xd8\xff"

_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended, progressive: the kinds that cameras and browsers write."""
_OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Lossless, hierarchical and arithmetic pictures."""
_TABLES = frozenset({0xC4, 0xDB, 0xDD})
"""Huffman tables, quantisation tables, restart interval."""
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_ICC = b"ICC_PROFILE\x00"

_MOST_SEGMENTS = 2_000
"""A profile of 8 MB fills 128."""
_MOST_FILL = 64
"""0xFF bytes before a marker; no writer is known that leaves more than a few."""
_MOST_SCANS = 64
"""Writers of progressive files use 10 or so. Each scan of 16 megapixels may cost 15 ms, so that 10,000 of them, which fit
into 200 KB, would hold a core for minutes."""


@dataclass(frozen=True, slots=True)
class _Segment:
    marker: int
    start: int
    """Where its marker begins."""
    body: int
    """Where its content begins."""
    end: int


def header(data: bytes) -> Header:
    """What the file says up to its first scan. PhotoRefused where it is no JPEG that is taken."""
    orientation = exif.UPRIGHT
    for segment in _segments(data):
        if segment.marker == _APP1 and data.startswith(exif.PREFIX, segment.body, segment.end):
            orientation = exif.orientation(data[segment.body : segment.end])
        elif segment.marker in _FRAMES:
            return _frame(data, segment, orientation)
        elif segment.marker in _OTHER_FRAMES:
            raise PhotoRefused("unsupported_media", "This kind of JPEG is not supported.")
    raise damaged("no frame before the first scan")


def bare(data: bytes) -> bytes:
    """The file with nothing but what makes its picture. PhotoRefused where it has more scans than any writer makes.

    Thumbnails, profiles, comments and maker notes never reach the decoder. Pictures behind the first, and whatever else
    follows it, are left where they are: the decoder ends before them.
    """
    kept = [data[:2]]
    for segment in _segments(data):
        if segment.marker == _START_OF_SCAN:
            if data.count(b"\xff\xda", segment.start) > _MOST_SCANS:
                raise damaged("too many scans")
            kept.append(data[segment.start :])
            break
        if _makes_the_picture(data, segment):
            kept.append(data[segment.start : segment.end])
    return b"".join(kept)


def profile(data: bytes, most: int) -> bytes | None:
    """The ICC profile of at most so many bytes, or None."""
    parts: dict[int, bytes] = {}
    total = 0
    for segment in _segments(data):
        if segment.marker == _APP2 and data.startswith(_ICC, segment.body, segment.end):
            part = data[segment.body + len(_ICC) : segment.end]
            total += len(part)
            if len(part) > 2 and total <= most:
                parts[part[0]] = part[2:]
    if total > most or not parts:
        return None
    return b"".join(parts[key] for key in sorted(parts))


def _segments(data: bytes) -> Iterator[_Segment]:
    """All segments up to and with the first start of a scan."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        start = at
        while number(data, at, 2) == 0xFFFF:
            at += 1
            if at - start > _MOST_FILL:
                raise damaged("too much fill before a marker")
        marker = number(data, at, 2)
        if marker >> 8 != 0xFF or marker & 0xFF in (0x00, _END_OF_IMAGE):
            raise damaged("no marker where one should be")
        body, length = at + 4, number(data, at + 2, 2)
        at += 2 + length
        if length < 2:
            raise damaged("a segment shorter than its length")
        yield _Segment(marker & 0xFF, body - 4, body, at)
        if marker & 0xFF == _START_OF_SCAN:
            return
    raise damaged("too many segments")


def _frame(data: bytes, segment: _Segment, orientation: int) -> Header:
    depth, height, width, channels = (
        number(data, segment.body + at, size) for at, size in ((0, 1), (1, 2), (3, 2), (5, 1))
    )
    if depth != 8:
        raise PhotoRefused("unsupported_media", "JPEG with more than 8 bits a channel is not supported.")
    if channels not in (1, 3, 4) or not width or not height:
        raise damaged("a frame without a picture")
    return Header(PhotoFormat.JPEG, width, height, channels, depth, orientation)


def _makes_the_picture(data: bytes, segment: _Segment) -> bool:
    """JFIF's and Adobe's segments say which colours the channels are."""
    if segment.marker in _TABLES or segment.marker in _FRAMES:
        return True
    jfif = segment.marker == _APP0 and data.startswith(b"JFIF\x00", segment.body, segment.end)
    return jfif or (segment.marker == _APP14 and data.startswith(b"Adobe", segment.body, segment.end))
