"""PLY as scanners write it, read strictly, and a closed surface as PLY, written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.mesher.domain.errors import InvalidCloud, TooManyPoints
from services.mesher.domain.scan.cloud import MOST_FACES, MOST_POINTS
from services.mesher.domain.scan.solid import Solid
from services.mesher.domain.surface import FloatArray, IntArray

MEDIA_TYPE = "model/ply"
"""Not registered; the name that it would have beside model/obj and model/stl."""

_LONGEST_HEADER = 64 * 1024
_LONGEST_LINE = 4096
_AT_ONCE = 20_000
_SCALARS = {
    "char": "i1",
    "uchar": "u1",
    "short": "i2",
    "ushort": "u2",
    "int": "i4",
    "uint": "u4",
    "float": "f4",
    "double": "f8",
}
_SCALARS |= {"int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4"}
_SCALARS |= {"float32": "f4", "float64": "f8"}
_ORDERS = {"ascii": None, "binary_little_endian": "<", "binary_big_endian": ">"}
_FACE_LISTS = ("vertex_indices", "vertex_index")
_NO_FACES = np.zeros((0, 3), np.int64)


@dataclass(frozen=True, slots=True)
class _Element:
    """One element of the header: how many, and of what."""

    name: str
    count: int
    properties: tuple[tuple[str, ...], ...]
    """Words after `property`: a type and a name, or `list`, two types and a name."""

    @property
    def plain(self) -> bool:
        """Every property is one number."""
        return all(len(words) == 2 and words[0] in _SCALARS for words in self.properties)

    def record(self, order: str) -> np.dtype[np.void]:
        """One element in bytes; plain elements only."""
        return np.dtype([(name, order + _SCALARS[kind]) for kind, name in self.properties])


def read(data: bytes) -> tuple[FloatArray, IntArray]:
    """Points (n, 3) and triangles (m, 3). Raises InvalidCloud and TooManyPoints.

    Vertices come first and are plain numbers. Faces follow as one list of indices each; elements and faces of any other
    make are passed over, since the points alone serve.
    """
    order, elements, start = _header(data)
    vertex, *others = elements
    names = [words[-1] for words in vertex.properties]
    if vertex.name != "vertex" or not vertex.plain or not {"x", "y", "z"} <= set(names):
        raise _malformed("vertices first, with x, y and z")
    if len(set(names)) != len(names):
        raise _malformed("every property once")
    if vertex.count > MOST_POINTS:
        raise TooManyPoints(MOST_POINTS)
    faces = others[0] if others and _is_face(others[0]) else None
    if faces is not None and faces.count > MOST_FACES:
        raise TooManyPoints(MOST_POINTS)
    if order is None:
        return _text(data[start:], vertex, names, faces)
    return _binary(memoryview(data)[start:], order, vertex, faces)


def columns(lines: Sequence[bytes], wanted: Sequence[int]) -> FloatArray:
    """(n, w) float64 those columns of a table in text; ValueError where one is missing or no number."""
    # In pieces: NumPy keeps the interpreter's lock while it reads text, and others want to be answered.
    pieces = [
        np.loadtxt(
            lines[start : start + _AT_ONCE], comments=None, usecols=wanted, ndmin=2, encoding="latin-1"
        )
        for start in range(0, len(lines), _AT_ONCE)
    ]
    return np.concatenate(pieces) if pieces else np.zeros((0, len(wanted)))


def write(solid: Solid) -> bytes:
    """A surface as binary little-endian PLY, float32 metres."""
    header = [
        "ply",
        "format binary_little_endian 1.0",
        "comment metres, +Y up, facing +Z, floor at Y = 0",
        f"element vertex {len(solid.vertices)}",
        *(f"property float {axis}" for axis in "xyz"),
        f"element face {len(solid.faces)}",
        "property list uchar int vertex_indices",
        "end_header",
        "",
    ]
    faces = np.zeros(len(solid.faces), [("count", "u1"), ("corners", "<i4", 3)])
    faces["count"], faces["corners"] = 3, solid.faces
    return "\n".join(header).encode("ascii") + solid.vertices.astype("<f4").tobytes() + faces.tobytes()


def _header(data: bytes) -> tuple[str | None, Sequence[_Element], int]:
    """Byte order (None for text), elements, and where the data begins."""
    head = data[:_LONGEST_HEADER]
    end = head.find(b"end_header")
    after = head.find(b"\n", end)
    if not head.startswith(b"ply") or end < 0 or after < 0:
        raise _malformed("a PLY header")
    try:
        lines = [line.split() for line in head[:end].decode("ascii").splitlines()[1:]]
    except UnicodeDecodeError as error:
        raise _malformed("a header in ASCII") from error
    order, elements = _declared([line for line in lines if line and line[0] not in ("comment", "obj_info")])
    if not elements:
        raise _malformed("an element vertex")
    return order, elements, after + 1


def _declared(lines: Sequence[Sequence[str]]) -> tuple[str | None, list[_Element]]:
    if not lines or len(lines[0]) != 3 or lines[0][0] != "format" or lines[0][1] not in _ORDERS:
        raise _malformed(f"format {' or '.join(_ORDERS)} 1.0")
    elements: list[_Element] = []
    for words in lines[1:]:
        match words:
            case ["element", name, count] if count.isascii() and count.isdigit() and len(count) < 19:
                elements.append(_Element(name, int(count), ()))
            case ["property", *described] if elements and described:
                last = elements.pop()
                elements.append(_Element(last.name, last.count, (*last.properties, tuple(described))))
            case _:
                raise _malformed("elements and their properties")
    return _ORDERS[lines[0][1]], elements


def _is_face(element: _Element) -> bool:
    """Whether the element is one list of whole numbers that index vertices, and nothing else."""
    if element.name != "face" or len(element.properties) != 1 or len(element.properties[0]) != 4:
        return False
    kind, count, index, name = element.properties[0]
    whole = all(_SCALARS.get(each, "f")[0] in "iu" for each in (count, index))
    return kind == "list" and whole and name in _FACE_LISTS


def _text(
    data: bytes, vertex: _Element, names: Sequence[str], faces: _Element | None
) -> tuple[FloatArray, IntArray]:
    lines = data.split(b"\n", vertex.count + (faces.count if faces else 0))
    if len(lines) < vertex.count or any(not line.strip() for line in lines[: vertex.count]):
        raise _truncated(vertex.count)
    if max(map(len, lines[:-1]), default=0) > _LONGEST_LINE:
        raise _malformed(f"lines of at most {_LONGEST_LINE} bytes")
    rows = lines[vertex.count : vertex.count + faces.count] if faces else []
    try:
        points = columns(lines[: vertex.count], [names.index(axis) for axis in "xyz"])
        polygons = [[int(word) for word in line.split()] for line in rows]
    except ValueError as error:
        raise _malformed("numbers as the header announces them") from error
    if faces is None:
        return points, _NO_FACES
    return points, _fans(_lists(polygons, faces.count))


def _lists(rows: Sequence[Sequence[int]], count: int) -> list[Sequence[int]]:
    """The indices of every face, which its first number counts."""
    if len(rows) < count or any(not row or len(row) <= row[0] for row in rows):
        raise _truncated(count)
    return [row[1 : 1 + row[0]] for row in rows]


def _binary(
    data: memoryview, order: str, vertex: _Element, faces: _Element | None
) -> tuple[FloatArray, IntArray]:
    record = vertex.record(order)
    size = record.itemsize * vertex.count
    if len(data) < size:
        raise _truncated(vertex.count)
    rows = np.frombuffer(data, record, vertex.count)
    points = np.stack([rows[axis].astype(np.float64) for axis in "xyz"], axis=1)
    return points, _NO_FACES if faces is None else _binary_faces(data[size:], order, faces)


def _binary_faces(data: memoryview, order: str, faces: _Element) -> IntArray:
    """Triangles at once where all faces are such, face by face where not."""
    _, count, index, _ = faces.properties[0]
    triangle = np.dtype([("count", order + _SCALARS[count]), ("corners", order + _SCALARS[index], 3)])
    if len(data) >= triangle.itemsize * faces.count:
        rows = np.frombuffer(data, triangle, faces.count)
        if (rows["count"] == 3).all():
            corners: IntArray = rows["corners"].astype(np.int64)
            return corners
    length, indices = np.dtype(order + _SCALARS[count]), np.dtype(order + _SCALARS[index])
    polygons, at = [], 0
    for _ in range(faces.count):
        at, after = at + length.itemsize, at
        sides = int(np.frombuffer(data[after:at], length)[0]) if len(data) >= at else -1
        if sides < 0 or len(data) < at + sides * indices.itemsize:
            raise _truncated(faces.count)
        polygons.append(np.frombuffer(data, indices, sides, at).tolist())
        at += sides * indices.itemsize
    return _fans(polygons)


def _fans(polygons: Sequence[Sequence[int]]) -> IntArray:
    """Triangles round the first corner of every polygon; a face with fewer than three corners has none."""
    fans = [
        (corners[0], corners[k], corners[k + 1]) for corners in polygons for k in range(1, len(corners) - 1)
    ]
    try:
        return np.array(fans, np.int64).reshape(-1, 3)
    except OverflowError as error:
        raise _malformed("indices of points") from error


def _malformed(limit: str) -> InvalidCloud:
    return InvalidCloud("cloud.malformed", "the file cannot be read", limit)


def _truncated(count: int) -> InvalidCloud:
    return InvalidCloud(
        "cloud.truncated", "the file ends before its data does", f"all {count} that its header announces"
    )
