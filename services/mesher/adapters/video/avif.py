"""What an animated AVIF holds: AV1 samples in the order in which they are shown, and how they are to be decoded.

Only files of our own encoder are read: one track, one chunk of samples behind another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.mesher.adapters.video.boxes import Box, BrokenBoxes, boxes, first

_TABLE = 8
"""Bytes before the entries of most tables: version, flags, count."""
_SAMPLE_ENTRY = 78
"""Bytes of a visual sample entry before its own boxes."""
_CONFIGURATION_HEAD = 4
_SEQUENCE_HEADER, _DELIMITER = 1, 2
"""Kinds of units of AV1: the one that describes the stream, and the one that begins a picture where there are no boxes."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Pictures of one stream of AV1."""

    width: int
    height: int
    configuration: bytes
    """Payload of `av1C`: profile, level and kind of samples, and the stream's own header."""
    color: bytes
    """Payload of `colr`: primaries, transfer, matrix and range."""
    pictures: Sequence[bytes]
    """One sample each; the first can be decoded alone."""


def samples(data: bytes) -> Samples:
    """The samples in a file. Raise BrokenBoxes where it is not one of ours."""
    file = memoryview(data)
    table = first(boxes(file), "moov").descend("trak", "mdia", "minf", "stbl")
    entry = table.child("stsd").child("av01", skipped=_TABLE)
    width, height = entry.numbers("HH", 24)
    pictures = _pictures(table, file)
    head = bytes(entry.child("av1C", _SAMPLE_ENTRY).payload[:_CONFIGURATION_HEAD])
    return Samples(
        width,
        height,
        head + sequence_header(pictures[0]),
        bytes(entry.child("colr", _SAMPLE_ENTRY).payload),
        pictures,
    )


def _pictures(table: Box, file: memoryview) -> list[bytes]:
    one_size, count = table.child("stsz").numbers("II", 4)
    sizes = [one_size] * count if one_size else table.child("stsz").numbers(f"{count}I", 12)
    places = _places(table, count)
    found: list[bytes] = []
    for start, of_chunk in places:
        at = start
        for size in sizes[len(found) : len(found) + of_chunk]:
            if at + size > len(file):
                raise BrokenBoxes("a sample lies behind the file's end")
            found.append(_in_a_box(bytes(file[at : at + size])))
            at += size
    if not found or len(found) != count:
        raise BrokenBoxes("the chunks do not hold all samples")
    return found


def _places(table: Box, count: int) -> list[tuple[int, int]]:
    """Where each chunk begins, and how many samples it holds."""
    (chunks,) = table.child("stco").numbers("I", 4)
    starts = table.child("stco").numbers(f"{chunks}I", _TABLE)
    (runs,) = table.child("stsc").numbers("I", 4)
    if runs != 1:
        raise BrokenBoxes("chunks of different lengths")
    _, of_chunk, _ = table.child("stsc").numbers("III", _TABLE)
    return [(start, min(of_chunk, count)) for start in starts]


def sequence_header(sample: bytes) -> bytes:
    """The unit of AV1 that describes the stream, out of a sample that can be decoded alone. Raise BrokenBoxes."""
    for unit in _units(sample):
        if _kind(unit) == _SEQUENCE_HEADER:
            return unit
    raise BrokenBoxes("the first sample does not say what the stream is")


def _in_a_box(sample: bytes) -> bytes:
    """The sample without the units that only streams without boxes need."""
    return b"".join(unit for unit in _units(sample) if _kind(unit) != _DELIMITER)


def _kind(unit: bytes) -> int:
    return unit[0] >> 3 & 0b1111


def _units(sample: bytes) -> Iterator[bytes]:
    """The units of AV1 in a sample. Raise BrokenBoxes where one is longer than what is left."""
    while sample:
        size = _unit_size(sample)
        if size > len(sample):
            raise BrokenBoxes("a unit is longer than its sample")
        yield sample[:size]
        sample = sample[size:]


def _unit_size(data: bytes) -> int:
    """Bytes of the unit that begins there (AV1, 5.3)."""
    has_extension, has_size = data[0] & 0b100, data[0] & 0b10
    at = 2 if has_extension else 1
    if not has_size:
        return len(data)
    size = 0
    for index, byte in enumerate(data[at : at + 8]):
        size |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            return at + index + 1 + size
    raise BrokenBoxes("a unit without its length")
