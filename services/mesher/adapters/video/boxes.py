"""Boxes, of which the files of ISO/IEC 14496-12 consist: a length, a name of four letters, a payload."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_HEAD = struct.Struct(">I4s")
_LONG = struct.Struct(">Q")
_TO_THE_END = 0
_LONG_FOLLOWS = 1


class BrokenBoxes(ValueError):
    """The bytes are not boxes, or not those that were looked for."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a file."""

    name: str
    payload: memoryview

    def children(self, skipped: int = 0) -> Iterator[Box]:
        """The boxes in it, after so many bytes of its own fields."""
        return boxes(self.payload[skipped:])

    def child(self, name: str, skipped: int = 0) -> Box:
        """The first of that name. Raise BrokenBoxes where there is none."""
        return first(self.children(skipped), name)

    def descend(self, *path: str) -> Box:
        """The box at the end of a path of boxes that hold nothing but boxes."""
        found = self
        for name in path:
            found = found.child(name)
        return found

    def numbers(self, layout: str, offset: int = 0) -> tuple[int, ...]:
        """Big-endian whole numbers at that place of its payload, such as ``II``."""
        wanted = struct.Struct(f">{layout}")
        if offset + wanted.size > len(self.payload):
            raise BrokenBoxes(f"the box {self.name} ends too early")
        return wanted.unpack_from(self.payload, offset)


def boxes(data: memoryview) -> Iterator[Box]:
    """The boxes that lie one behind the other. Raise BrokenBoxes where one is longer than what is left."""
    while data:
        if len(data) < _HEAD.size:
            raise BrokenBoxes("a box without a head")
        length, name = _HEAD.unpack_from(data)
        head = _HEAD.size
        if length == _LONG_FOLLOWS:
            if len(data) < head + _LONG.size:
                raise BrokenBoxes("a box without its length")
            (length,) = _LONG.unpack_from(data, head)
            head += _LONG.size
        elif length == _TO_THE_END:
            length = len(data)
        if not head <= length <= len(data):
            raise BrokenBoxes("a box is longer than the file")
        yield Box(name.decode("latin-1"), data[head:length])
        data = data[length:]


def first(among: Iterator[Box], name: str) -> Box:
    """The first box of that name. Raise BrokenBoxes where there is none."""
    for found in among:
        if found.name == name:
            return found
    raise BrokenBoxes(f"there is no box {name}")


def box(name: str, *payload: bytes) -> bytes:
    """A box."""
    body = b"".join(payload)
    return _HEAD.pack(_HEAD.size + len(body), name.encode("latin-1")) + body


def full_box(name: str, *payload: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box with a version and flags before its payload."""
    return box(name, struct.pack(">I", version << 24 | flags), *payload)
