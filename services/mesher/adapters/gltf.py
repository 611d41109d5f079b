"""glTF 2.0 documents: lists of JSON objects over one binary buffer, packed as GLB."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERTEX_DATA = 34962
INDEX_DATA = 34963
COMPONENT: Mapping[str, int] = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
"""glTF's number of a component type, by NumPy's name of it."""
_SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
# The highest 16-bit index restarts a strip on some hardware, so glTF forbids it.
_MAX_SHORT_VERTICES = 65_535


class Document:
    """A document that grows buffer views and accessors in the order of the calls: same calls, same bytes."""

    def __init__(self) -> None:
        self.lists: dict[str, list[dict[str, Any]]] = {}
        self.extensions: dict[str, Any] = {}
        """Objects of extensions of the document as a whole."""
        self._used: dict[str, bool] = {}
        self._accessors: list[str] = []
        self._chunks: list[bytes | memoryview] = []
        self._length = 0

    def add(self, kind: str, item: dict[str, Any]) -> int:
        """Append to one of the document's lists; gives the index."""
        items = self.lists.setdefault(kind, [])
        items.append(item)
        return len(items) - 1

    def use(self, extension: str, *, required: bool) -> None:
        """Say that the file makes use of an extension, and whether it cannot be read without."""
        self._used[extension] = required

    def place(self, data: bytes | NDArray[Any]) -> tuple[int, int]:
        """Append to the buffer, aligned to four bytes; gives offset and length. Arrays must not change afterwards."""
        chunk = data if isinstance(data, bytes) else _little_endian(data)
        offset, length = self._length, len(chunk)
        padding = -length % 4
        self._chunks += [chunk, b"\0" * padding] if padding else [chunk]
        self._length += length + padding
        return offset, length

    def view(self, data: bytes | NDArray[Any], target: int | None = None) -> int:
        """Append a buffer view of these bytes."""
        offset, length = self.place(data)
        entry = {"buffer": 0, "byteOffset": offset, "byteLength": length}
        if target is not None:
            entry["target"] = target
        return self.add("bufferViews", entry)

    def accessor(
        self,
        values: NDArray[Any],
        target: int | None = None,
        *,
        bounds: bool = False,
        normalized: bool = False,
    ) -> int:
        """Append an array (n,) or (n, k) in its own type, little-endian."""
        view = {"bufferView": self.view(values, target)}
        return self.describe(view | described(values, bounds=bounds, normalized=normalized))

    def describe(self, entry: Mapping[str, Any]) -> int:
        """Append an accessor; gives the index."""
        return self.describe_all([json.dumps(entry, separators=(",", ":"))])

    def describe_all(self, entries: Sequence[str]) -> int:
        """Append accessors given as JSON, of which face shapes need hundreds; gives the first one's index."""
        first = len(self._accessors)
        self._accessors += entries
        return first

    def glb(self, asset: Mapping[str, Any], roots: list[int], name: str) -> bytes:
        """The whole file, with one scene of these root nodes."""
        content: dict[str, Any] = {"asset": asset, "scene": 0, "scenes": [{"name": name, "nodes": roots}]}
        if self._used:
            content["extensionsUsed"] = list(self._used)
        if any(self._used.values()):
            content["extensionsRequired"] = [name for name, required in self._used.items() if required]
        if self.extensions:
            content["extensions"] = self.extensions
        others = self.lists.get("buffers", [])
        content |= self.lists | {"buffers": [{"byteLength": self._length}, *others]}
        words = json.dumps(content, separators=(",", ":"))
        text = f'{words[:-1]},"accessors":[{",".join(self._accessors)}]}}'.encode()
        text += b" " * (-len(text) % 4)
        header = struct.pack("<4sII", b"glTF", 2, 28 + len(text) + self._length)
        lengths = struct.pack("<I4s", len(text), b"JSON"), struct.pack("<I4s", self._length, b"BIN\0")
        return b"".join([header, lengths[0], text, lengths[1], *self._chunks])


def described(values: NDArray[Any], *, bounds: bool = False, normalized: bool = False) -> dict[str, Any]:
    """An accessor of an array (n,) or (n, k), without the bytes it reads."""
    width = 1 if values.ndim == 1 else values.shape[1]
    entry: dict[str, Any] = {
        "componentType": COMPONENT[values.dtype.str[1:]],
        "count": len(values),
        "type": _SHAPES[width],
    }
    if bounds:
        # Along rows NumPy is thirty times as fast as down columns.
        columns = np.ascontiguousarray(values.T)
        entry["min"] = columns.min(axis=1).tolist()
        entry["max"] = columns.max(axis=1).tolist()
    if normalized:
        entry["normalized"] = True
    return entry


def index_type(vertex_count: int) -> type[np.unsignedinteger[Any]]:
    """The smallest type that may number so many vertices."""
    return np.uint16 if vertex_count <= _MAX_SHORT_VERTICES else np.uint32


def _little_endian(values: NDArray[Any]) -> memoryview:
    packed = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
    return packed.reshape(-1).view(np.uint8).data
