"""The chunks of a WebP file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from photos import exif
from photos.model import Header, PhotoFormat, damaged, number

_PROFILE, _ALPHA, _EXIF, _ANIMATION = 0x20, 0x10, 0x08, 0x02
_MAKE_THE_PICTURE = frozenset({b"ANIM", b"ALPH", b"VP8 ", b"VP8L"})
_FRAME_HEAD = 16
"""Bytes of place, size and time before what a frame shows."""
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


def bare(data: bytes, profile: bytes | None = None, orientation: int = exif.UPRIGHT) -> bytes:
    """The file with nothing but what makes its first picture, and what is given beside it. PhotoRefused where there is none."""
    first = next(_chunks(data), None)
    if first is None:
        raise damaged("no chunk")
    if first.kind != b"VP8X":
        return _file([_whole(data, first)])
    beside = (_PROFILE if profile else 0) | (_EXIF if orientation != exif.UPRIGHT else 0)
    head = first.content(data)
    kept = [_written(b"VP8X", bytes([number(head, 0, 1) & (_ALPHA | _ANIMATION) | beside]) + head[1:10])]
    if profile:
        kept.append(_written(b"ICCP", profile))
    kept += _of_the_picture(data)
    if orientation != exif.UPRIGHT:
        kept.append(_written(b"EXIF", exif.saying(orientation)))
    return _file(kept)


def _of_the_picture(data: bytes) -> Iterator[bytes]:
    """Of an animation with its first frame alone."""
    for chunk in _chunks(data):
        if chunk.kind in _MAKE_THE_PICTURE:
            yield _whole(data, chunk)
        elif chunk.kind == b"ANMF":
            parts = _chunks(data, chunk.body + _FRAME_HEAD, chunk.body + chunk.length)
            shown = [_whole(data, part) for part in parts if part.kind in _MAKE_THE_PICTURE]
            yield _written(b"ANMF", data[chunk.body : chunk.body + _FRAME_HEAD] + b"".join(shown))
            return


def _whole(data: bytes, chunk: _Chunk) -> bytes:
    content = chunk.content(data)
    if len(content) < chunk.length:
        raise damaged("the file ends inside a chunk")
    return _written(chunk.kind, content)


def _file(chunks: Sequence[bytes]) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _written(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)


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


def _chunks(data: bytes, start: int = 12, end: int | None = None) -> Iterator[_Chunk]:
    """All chunks of the outermost level, or of a part of the file, as far as they are there."""
    at, end = start, min(len(data), number(data, 4, 4, little=True) + 8 if end is None else end)
    for _ in range(_MOST_CHUNKS):
        if at + 8 > end:
            return
        chunk = _Chunk(data[at : at + 4], at + 8, number(data, at + 4, 4, little=True))
        yield chunk
        at = chunk.body + chunk.length + chunk.length % 2
    raise damaged("too many chunks")
