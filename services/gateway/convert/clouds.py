"""Scans: uploads to formats, messages to JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC

from atelier.common.v1 import body_pb2, scan_pb2
from atelier.generator.v1 import generator_pb2
from atelierkit.errors import FieldFault, InvalidInput
from services.gateway.convert.avatars import mm, tape
from services.gateway.convert.body import NAMES
from services.gateway.schemas import clouds as shapes
from services.gateway.schemas.avatars import BesideLine

FORMATS: Mapping[shapes.CloudFormat, scan_pb2.CloudFormat.ValueType] = {
    "ply": scan_pb2.CLOUD_FORMAT_PLY,
    "xyz": scan_pb2.CLOUD_FORMAT_XYZ,
    "obj": scan_pb2.CLOUD_FORMAT_OBJ,
}
_MEDIA_TYPES = {
    "model/ply": scan_pb2.CLOUD_FORMAT_PLY,
    "application/ply": scan_pb2.CLOUD_FORMAT_PLY,
    "model/obj": scan_pb2.CLOUD_FORMAT_OBJ,
}
_FIRST_BYTES = 4096
_OBJ_LINE = re.compile(rb"^(v|vn|vt|f|o|g|mtllib|usemtl)[ \t]", re.MULTILINE)
_XYZ_LINE = re.compile(rb"^\s*([-+0-9.eE]+[\s,;]+){2}[-+0-9.eE]+", re.MULTILINE)
_DECIMALS = 6


def cloud_format(
    asked: shapes.CloudFormat | None, media_type: str, data: bytes
) -> scan_pb2.CloudFormat.ValueType:
    """What an upload is: as the caller says, else as its media type or its first bytes do. Raises InvalidInput."""
    if asked is not None:
        return FORMATS[asked]
    if media_type in _MEDIA_TYPES:
        return _MEDIA_TYPES[media_type]
    first = data[:_FIRST_BYTES]
    if first.startswith((b"ply\n", b"ply\r")):
        return scan_pb2.CLOUD_FORMAT_PLY
    if _OBJ_LINE.search(first):
        return scan_pb2.CLOUD_FORMAT_OBJ
    if not first.strip() or _XYZ_LINE.search(first):
        return scan_pb2.CLOUD_FORMAT_XYZ
    message = "the file is in no format that is read"
    raise InvalidInput(
        message, faults=[FieldFault("format", "cloud.unknown_format", message, ", ".join(FORMATS))]
    )


def scan(message: generator_pb2.Scan) -> shapes.Scan:
    """A scan as the API shows it."""
    path = f"/v1/clouds/{message.id}"
    return shapes.Scan(
        id=message.id,
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
        report=_report(message.report),
        registration=_registration(message.registration) if message.HasField("registration") else None,
        links=shapes.ScanLinks(
            self=path, mesh=f"{path}.ply", body=f"{path}.glb" if message.HasField("body") else None
        ),
    )


def _report(message: scan_pb2.ScanReport) -> shapes.ScanReport:
    return shapes.ScanReport(
        point_count=message.point_count,
        outlier_count=message.outlier_count,
        metres_per_unit=message.metres_per_unit,
        height_mm=mm(message.height_mm),
        vertex_count=message.vertex_count,
        face_count=message.face_count,
        watertight=message.watertight,
        volume_l=round(message.volume_l, _DECIMALS),
    )


def _registration(message: scan_pb2.Registration) -> shapes.Registration:
    fifteen, beside = message.readings[: len(NAMES)], message.readings[len(NAMES) :]
    return shapes.Registration(
        score=round(message.score, _DECIMALS),
        mean_distance_mm=mm(message.mean_distance_mm),
        inlier_share=round(message.inlier_share, _DECIMALS),
        measurements=[shapes.FittedLine(**_line(item)) for item in fifteen],
        beside=[BesideLine(**_line(item)) for item in beside],
        volume_l=round(message.quantities.volume_l, _DECIMALS),
        surface_area_m2=round(message.quantities.surface_area_m2, _DECIMALS),
    )


def _line(reading: body_pb2.TapeReading) -> dict[str, object]:
    return {"name": reading.name, "delivered_mm": mm(reading.delivered_mm), "tape": tape(reading)}
