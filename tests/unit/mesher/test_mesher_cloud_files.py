"""Clouds as files: what is read is what was written, and what is no cloud is refused by its rule."""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
import zipfile
from typing import Any

import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from atelierkit.errors import AppError
from services.mesher.adapters.cloud_files import CloudReader
from services.mesher.domain.errors import InvalidCloud, TooManyPoints
from services.mesher.domain.scan.cloud import MOST_POINTS, CloudFormat
from services.mesher.domain.scan.solid import Solid

BALL = trimesh.creation.icosphere(subdivisions=3)
POINTS = np.asarray(BALL.vertices)
READER = CloudReader()
PLY, XYZ, OBJ = CloudFormat.PLY, CloudFormat.XYZ, CloudFormat.OBJ


def xyz(points: Any = POINTS, separator: str = " ") -> bytes:
    return "\n".join(separator.join(repr(float(value)) for value in row) for row in points).encode()


def ply(count: int, body: bytes, *, form: str = "binary_little_endian", faces: str = "") -> bytes:
    properties = "".join(f"property float {axis}\n" for axis in "xyz")
    return f"ply\nformat {form} 1.0\nelement vertex {count}\n{properties}{faces}end_header\n".encode() + body


def big_endian() -> bytes:
    rows = [struct.pack(">B3i", 3, *face) for face in BALL.faces.tolist()]
    faces = f"element face {len(rows)}\nproperty list uchar int vertex_indices\n"
    return ply(
        len(POINTS), POINTS.astype(">f4").tobytes() + b"".join(rows), form="binary_big_endian", faces=faces
    )


@pytest.mark.parametrize(
    ("format", "data", "has_faces"),
    [
        (XYZ, xyz(), False),
        (XYZ, b"\xef\xbb\xbf# x y z\n\n" + xyz(separator=","), False),
        (XYZ, xyz(np.c_[POINTS, POINTS]), False),
        (PLY, BALL.export(file_type="ply", encoding="ascii"), True),
        (PLY, BALL.export(file_type="ply", encoding="binary_little_endian"), True),
        (PLY, big_endian(), True),
        (PLY, ply(len(POINTS), POINTS.astype("<f4").tobytes()), False),
        (OBJ, BALL.export(file_type="obj", include_normals=True).encode(), True),
    ],
    ids=["xyz", "commas", "more columns", "ply text", "ply little", "ply big", "ply points", "obj"],
)  # fmt: skip
def test_what_was_written_is_read(format: CloudFormat, data: bytes, has_faces: bool) -> None:
    cloud = READER.read(data, format)
    assert np.abs(cloud.points - POINTS).max() < 1e-6
    assert np.array_equal(cloud.faces, BALL.faces if has_faces else np.zeros((0, 3), np.int64))


def test_polygons_become_triangles() -> None:
    corners = trimesh.creation.box().vertices
    padding = np.tile(corners, (64, 1))
    lines = [f"v {x} {y} {z}" for x, y, z in padding] + ["f 1/1 2/2/2 3//3 4", "f -1 -2 -3"]
    cloud = READER.read("\n".join(lines).encode(), OBJ)
    assert cloud.faces.tolist() == [[0, 1, 2], [0, 2, 3], [511, 510, 509]]
    rows = struct.pack("<B4i", 4, 0, 1, 2, 3) + struct.pack("<B3i", 3, 4, 5, 6)
    faces = "element face 2\nproperty list uchar int vertex_index\n"
    cloud = READER.read(ply(512, padding.astype("<f4").tobytes() + rows, faces=faces), PLY)
    assert cloud.faces.tolist() == [[0, 1, 2], [0, 2, 3], [4, 5, 6]]


def test_a_solid_is_written_for_any_reader() -> None:
    data = READER.write(Solid(POINTS, np.asarray(BALL.faces)))
    mesh: Any = trimesh.load(io.BytesIO(data), file_type="ply", process=False)
    assert np.array_equal(mesh.faces, BALL.faces)
    assert np.abs(mesh.vertices - POINTS).max() < 1e-7
    assert np.array_equal(READER.read(data, PLY).faces, BALL.faces)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.xyz", bytes(10_000_000))
    return file.getvalue()


TEXT_PLY = BALL.export(file_type="ply", encoding="ascii")
BINARY_PLY = BALL.export(file_type="ply", encoding="binary_little_endian")


@pytest.mark.parametrize(
    ("format", "data", "rule"),
    [
        (XYZ, b"", "cloud.empty"),
        (XYZ, b"# nothing\n", "cloud.empty"),
        (OBJ, b"f 1 2 3\n", "cloud.empty"),
        (XYZ, b"0 0 0", "cloud.too_few_points"),
        (PLY, ply(1, bytes(12)), "cloud.too_few_points"),
        (XYZ, zipped(), "cloud.archive"),
        (PLY, gzip.compress(bytes(10_000_000)), "cloud.archive"),
        (XYZ, xyz() + b"\nnan 0 0", "cloud.not_finite"),
        (XYZ, xyz() + b"\ninf 0 0", "cloud.not_finite"),
        (XYZ, xyz() + b"\n1e300 0 0", "cloud.not_finite"),
        (PLY, ply(642, np.full((642, 3), np.nan, "<f4").tobytes()), "cloud.not_finite"),
        (XYZ, xyz() + b"\n1 2", "cloud.malformed"),
        (XYZ, xyz() + b"\n1 2 three", "cloud.malformed"),
        (XYZ, b"1 " * 10_000, "cloud.malformed"),
        (PLY, b"solid no\n", "cloud.malformed"),
        (PLY, b"ply\n" + bytes(100), "cloud.malformed"),
        (PLY, b"ply\nformat binary 1.0\nend_header\n", "cloud.malformed"),
        (PLY, b"ply\nformat ascii 1.0\nelement vertex -1\nend_header\n", "cloud.malformed"),
        (PLY, b"ply\nformat ascii 1.0\nend_header\n", "cloud.malformed"),
        (PLY, b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n0\n", "cloud.malformed"),
        (PLY, BINARY_PLY[:-1], "cloud.truncated"),
        (PLY, BINARY_PLY[:2000], "cloud.truncated"),
        (PLY, TEXT_PLY[: len(TEXT_PLY) // 2], "cloud.truncated"),
        (PLY, ply(1_999_999, bytes(120)), "cloud.truncated"),
        (OBJ, b"v 0 0 0\n" * 600 + b"f 1 2 99999999999999999999\n", "cloud.bad_index"),
        (OBJ, b"v 0 0 0\n" * 600 + b"f 1 2 0\n", "cloud.bad_index"),
        (OBJ, b"v 0 0 0\n" * 600 + b"f 1 2 -601\n", "cloud.bad_index"),
        (OBJ, b"v 0 0 0\n" * 600 + b"f 1 2 three\n", "cloud.malformed"),
    ],
)  # fmt: skip
def test_what_is_no_cloud_is_refused_by_its_rule(format: CloudFormat, data: bytes, rule: str) -> None:
    with pytest.raises(InvalidCloud) as refusal:
        READER.read(data, format)
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [("cloud", rule)]
    assert refusal.value.faults[0].limit


@pytest.mark.parametrize(
    ("format", "data"),
    [
        (PLY, ply(3_000_000, bytes(3_000_000 * 12))),
        (PLY, ply(9 * 10**17, b"")),
        (XYZ, b"0 0 0\n" * 3_000_000),
        (OBJ, b"v 0 0 0\n" * (MOST_POINTS + 1)),
    ],
    ids=["ply", "ply that lies", "xyz", "obj"],
)
def test_more_points_than_are_read(format: CloudFormat, data: bytes) -> None:
    with pytest.raises(TooManyPoints) as refusal:
        READER.read(data, format)
    assert refusal.value.reason == "PAYLOAD_TOO_LARGE"
    assert refusal.value.faults[0].limit == "2000000 points"


def test_a_count_is_believed_only_where_its_bytes_are() -> None:
    data = ply(2_000_000, bytes(1200))
    tracemalloc.start()
    with pytest.raises(InvalidCloud):
        READER.read(data, PLY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000  # the vertices alone would be 48 MB


@given(
    st.sampled_from([BINARY_PLY, TEXT_PLY, BALL.export(file_type="obj").encode(), xyz()[:20_000]]),
    st.sampled_from(CloudFormat),
    st.data(),
)
def test_damage_is_refused_or_read_and_never_a_fault_of_ours(
    data: bytes, format: CloudFormat, draw: st.DataObject
) -> None:
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 4))):
        damaged[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    try:
        cloud = READER.read(bytes(damaged[: draw.draw(st.integers(1, len(data)))]), format)
    except AppError:
        return
    assert np.isfinite(cloud.points).all()
    assert not cloud.faces.size or 0 <= cloud.faces.min() <= cloud.faces.max() < len(cloud.points)
