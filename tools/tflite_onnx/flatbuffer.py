"""Reading FlatBuffers without a schema compiler: a table is fields by number, each there or left out.

For files whose SHA-256 is pinned: a damaged one ends in struct.error or ValueError, with no better word.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True)
class Table:
    """One table: the place in the buffer from which its fields are found."""

    buffer: bytes
    position: int

    @classmethod
    def root(cls, buffer: bytes) -> Self:
        """The table that the buffer is about."""
        return cls(buffer, *struct.unpack_from("<I", buffer, 0))

    def number(self, field: int, kind: str, default: int = 0) -> int:
        """A scalar; ``kind`` is struct's letter (b, i, I). Writers leave a default out."""
        place = self._place(field)
        return default if place is None else int(self._unpack(kind, place))

    def text(self, field: int) -> str:
        """A string; empty where it is left out."""
        found = self.array(field, np.uint8)
        return "" if found is None else found.tobytes().decode()

    def array(self, field: int, dtype: DTypeLike) -> NDArray[Any] | None:
        """A vector of scalars, a view of the buffer; None where it is left out."""
        place = self._place(field)
        if place is None:
            return None
        start = self._follow(place)
        return np.frombuffer(self.buffer, dtype, int(self._unpack("I", start)), start + 4)

    def table(self, field: int) -> Table | None:
        """A table, or what a union holds; None where it is left out."""
        place = self._place(field)
        return None if place is None else Table(self.buffer, self._follow(place))

    def tables(self, field: int) -> Iterator[Table]:
        """A vector of tables; empty where it is left out."""
        place = self._place(field)
        if place is not None:
            start = self._follow(place)
            for item in range(int(self._unpack("I", start))):
                yield Table(self.buffer, self._follow(start + 4 + 4 * item))

    def _place(self, field: int) -> int | None:
        """Where the field lies. The table begins with the way back to its list of offsets, two bytes a field."""
        offsets = self.position - int(self._unpack("i", self.position))
        entry = 4 + 2 * field
        if entry >= int(self._unpack("H", offsets)):
            return None
        offset = int(self._unpack("H", offsets + entry))
        return self.position + offset if offset else None

    def _follow(self, place: int) -> int:
        return place + int(self._unpack("I", place))

    def _unpack(self, kind: str, place: int) -> Any:
        return struct.unpack_from(f"<{kind}", self.buffer, place)[0]
