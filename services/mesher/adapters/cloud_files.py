"""Uploaded clouds as points and faces: PLY, XYZ and OBJ, read strictly.

Nothing is taken from a file on its word: counts are compared with the bytes that are there before memory is asked for,
and every fault is an InvalidCloud that names the rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from services.mesher.adapters import ply_cloud
from services.mesher.domain.errors import InvalidCloud, TooManyPoints
from services.mesher.domain.scan.cloud import MOST_FACES, MOST_POINTS, Cloud, CloudFormat, checked
from services.mesher.domain.scan.solid import Solid
from services.mesher.domain.surface import FloatArray, IntArray

_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"\x28\xb5\x2f\xfd",
    b"Rar!",
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_LINE = 4096
_OTHER_LINES = 1000
"""Comments and empty lines that a text may have beside its points."""
_TEXTURE_AND_NORMAL = re.compile(rb"/\S*")


class CloudReader:
    """The three formats in, PLY out."""

    media_type = ply_cloud.MEDIA_TYPE

    def read(self, data: bytes, format: CloudFormat) -> Cloud:
        if not data.strip():
            raise InvalidCloud("cloud.empty", "the file is empty", "a file with points")
        if data.startswith(_ARCHIVES):
            raise InvalidCloud("cloud.archive", "archives are not read", "the file itself, not compressed")
        points, faces = _READERS[format](data)
        return checked(points, faces)

    def write(self, solid: Solid) -> bytes:
        return ply_cloud.write(solid)


def _xyz(data: bytes) -> tuple[FloatArray, IntArray]:
    text = data.removeprefix(_BYTE_ORDER_MARK).replace(b",", b" ").replace(b";", b" ")
    lines = [line for line in _lines(text) if line.strip() and not line.lstrip().startswith((b"#", b"//"))]
    return _numbers(lines), np.zeros((0, 3), np.int64)


def _obj(data: bytes) -> tuple[FloatArray, IntArray]:
    lines = _lines(data.removeprefix(_BYTE_ORDER_MARK), most=2 * (MOST_POINTS + MOST_FACES))
    points = _numbers([line[2:] for line in lines if line.startswith((b"v ", b"v\t"))])
    corners = [line[2:] for line in lines if line.startswith((b"f ", b"f\t"))]
    return points, _polygons(corners, len(points))


def _lines(text: bytes, most: int = MOST_POINTS + _OTHER_LINES) -> list[bytes]:
    if text.count(b"\n") > most:
        raise TooManyPoints(MOST_POINTS)
    lines = text.splitlines()
    if max(map(len, lines)) > _LONGEST_LINE:
        raise _malformed(f"lines of at most {_LONGEST_LINE} bytes")
    return lines


def _numbers(lines: Sequence[bytes]) -> FloatArray:
    """The first three numbers of every line, (n, 3)."""
    if not lines:
        raise InvalidCloud("cloud.empty", "the file has no points", "a file with points")
    if len(lines) > MOST_POINTS:
        raise TooManyPoints(MOST_POINTS)
    try:
        return ply_cloud.columns(lines, (0, 1, 2))
    except ValueError as error:
        raise _malformed("three numbers a line") from error


def _polygons(lines: Sequence[bytes], points: int) -> IntArray:
    """Triangles (m, 3) of OBJ's polygons, whose indices count from 1, or from the end where they are negative."""
    if len(lines) > MOST_FACES:
        raise TooManyPoints(MOST_POINTS)
    try:
        polygons = [[int(index) for index in _TEXTURE_AND_NORMAL.sub(b"", line).split()] for line in lines]
    except ValueError as error:
        raise _malformed("whole numbers as a face's indices") from error
    if any(not 0 < abs(index) <= points for polygon in polygons for index in polygon):
        raise InvalidCloud("cloud.bad_index", "a face names a point that is not there", f"{points} points")
    fans = [
        (polygon[0], polygon[k], polygon[k + 1]) for polygon in polygons for k in range(1, len(polygon) - 1)
    ]
    indices = np.array(fans, np.int64).reshape(-1, 3)
    return np.where(indices > 0, indices - 1, indices + points)


def _malformed(limit: str) -> InvalidCloud:
    return InvalidCloud("cloud.malformed", "the file cannot be read", limit)


_READERS: Mapping[CloudFormat, Callable[[bytes], tuple[FloatArray, IntArray]]] = {
    CloudFormat.PLY: ply_cloud.read,
    CloudFormat.XYZ: _xyz,
    CloudFormat.OBJ: _obj,
}
