"""The segments of a JPEG file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

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
_MAKE_THE_PICTURE = _FRAMES | _TABLES | {_START_OF_SCAN, _END_OF_IMAGE}
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_ICC = b"ICC_PROFILE\x00"
_LONGEST_PART = 65_535 - 2 - len(_ICC) - 2
"""Bytes of a profile that one segment holds."""
_AFTER_SAMPLES = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The marker that ends samples: within them 0xFF is followed by zero, by another, or by the number of a restart."""

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


def bare(data: bytes, profile: bytes | None = None, orientation: int = exif.UPRIGHT) -> bytes:
    """The file with nothing but what makes its picture, and what is given beside it. PhotoRefused where it has more scans
    than any writer makes.

    Thumbnails, comments, maker notes, pictures behind the first and whatever else follows it are left out.
    """
    kept = [data[:2], *_beside(profile, orientation)]
    scans = 0
    for segment in _segments(data):
        scans += segment.marker == _START_OF_SCAN
        if scans > _MOST_SCANS:
            raise damaged("too many scans")
        if _makes_the_picture(data, segment):
            kept.append(data[segment.start : segment.end])
    return b"".join(kept)


def _beside(profile: bytes | None, orientation: int) -> Iterator[bytes]:
    if orientation != exif.UPRIGHT:
        yield _written(_APP1, exif.PREFIX + exif.saying(orientation))
    parts = (
        [profile[at : at + _LONGEST_PART] for at in range(0, len(profile), _LONGEST_PART)] if profile else []
    )
    for index, part in enumerate(parts, start=1):
        yield _written(_APP2, _ICC + bytes([index, len(parts)]) + part)


def _written(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def profile(data: bytes, most: int) -> bytes | None:
    """The ICC profile of at most so many bytes, or None."""
    parts: dict[int, bytes] = {}
    total = 0
    for segment in takewhile(lambda each: each.marker != _START_OF_SCAN, _segments(data)):
        if segment.marker == _APP2 and data.startswith(_ICC, segment.body, segment.end):
            part = data[segment.body + len(_ICC) : segment.end]
            total += len(part)
            if len(part) > 2 and total <= most:
                parts[part[0]] = part[2:]
    if total > most or not parts:
        return None
    return b"".join(parts[key] for key in sorted(parts))


def _segments(data: bytes) -> Iterator[_Segment]:
    """All segments up to and with the end of the first picture, each start of a scan with its samples."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        start = at
        while number(data, at, 2) == 0xFFFF:
            at += 1
            if at - start > _MOST_FILL:
                raise damaged("too much fill before a marker")
        marker = number(data, at, 2)
        if marker >> 8 != 0xFF or marker & 0xFF == 0x00:
            raise damaged("no marker where one should be")
        if marker & 0xFF == _END_OF_IMAGE:
            yield _Segment(_END_OF_IMAGE, at, at + 2, at + 2)
            return
        body, length = at + 4, number(data, at + 2, 2)
        if length < 2:
            raise damaged("a segment shorter than its length")
        at += 2 + length
        if marker & 0xFF == _START_OF_SCAN:
            after = _AFTER_SAMPLES.search(data, at)
            at = after.start() if after else len(data)
        yield _Segment(marker & 0xFF, body - 4, body, at)
        if at == len(data):
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
    if segment.marker in _MAKE_THE_PICTURE:
        return True
    jfif = segment.marker == _APP0 and data.startswith(b"JFIF\x00", segment.body, segment.end)
    return jfif or (segment.marker == _APP14 and data.startswith(b"Adobe", segment.body, segment.end))
