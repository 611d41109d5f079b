"""ZIP archives whose bytes depend on nothing but their entries: no clock, no file system."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

_UNIX = 3
_MODE = 0o100644 << 16
# Text of an avatar: level 4 takes 78 ms, level 6 takes 257 ms for 6 % less.
_LEVEL = 4
_ALIGNMENT = 64
_LOCAL_HEADER = 30
_EXTRA_HEADER = 4
_PADDING_ID = 0x1986
"""Extra field of nothing but padding; readers pass over ids that they do not know."""


def deflated(entries: Mapping[str, bytes]) -> bytes:
    """Compressed entries, in their order."""
    return _pack(entries, zipfile.ZIP_DEFLATED, alignment=1)


def aligned(entries: Mapping[str, bytes]) -> bytes:
    """Stored entries, each with its data at a multiple of 64 bytes, as USDZ asks for."""
    return _pack(entries, zipfile.ZIP_STORED, alignment=_ALIGNMENT)


def _pack(entries: Mapping[str, bytes], method: int, alignment: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in entries.items():
            entry = zipfile.ZipInfo(name)  # dated 1980, the earliest that a ZIP can tell
            entry.create_system, entry.external_attr, entry.compress_type = _UNIX, _MODE, method
            entry.extra = _padding(stream.tell() + _LOCAL_HEADER + len(name.encode()), alignment)
            archive.writestr(entry, data, compresslevel=_LEVEL)
    return stream.getvalue()


def _padding(start: int, alignment: int) -> bytes:
    """An extra field, or none, after which the data that would begin at `start` is aligned."""
    missing = -start % alignment
    if missing == 0:
        return b""
    length = missing if missing >= _EXTRA_HEADER else missing + alignment
    return struct.pack("<HH", _PADDING_ID, length - _EXTRA_HEADER) + b"\0" * (length - _EXTRA_HEADER)
