"""Avatars: JSON to messages and back."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC

from atelier.common.v1 import body_pb2
from atelier.generator.v1 import generator_pb2
from atelier.mesher.v1 import mesher_pb2
from services.gateway.convert.body import BODY_TYPE_NAMES, SOURCES, measurements_by_name
from services.gateway.convert.files import FORMATS
from services.gateway.schemas import avatars as shapes

PREVIEW_HEADER = struct.Struct("<4sIII3f3f")
TOPOLOGY_HEADER = struct.Struct("<4sIII")
FORMAT_VERSION = 1
_BYTES_PER_VERTEX = 6
_BYTES_PER_TRIANGLE = 6
_TAPE_DECIMALS = 5  # a hundredth of a millimetre, in metres
_MM_DECIMALS = 3
_QUANTITY_DECIMALS = 3
_KG_DECIMALS = 1


def look_message(look: shapes.LookInput | None) -> generator_pb2.Look | None:
    """Skin and hair; None stays None."""
    if look is None:
        return None
    return generator_pb2.Look(
        skin_id=look.skin, hairstyle_id=look.hairstyle, hair_color=look.hair_color.lower()
    )


def look_change_message(look: shapes.LookChange | None) -> generator_pb2.LookChange | None:
    """What changes of skin and hair; None changes nothing."""
    if look is None:
        return None
    color = look.hair_color.lower() if look.hair_color is not None else None
    return generator_pb2.LookChange(skin_id=look.skin, hairstyle_id=look.hairstyle, hair_color=color)


def as_pose(field: str) -> str:
    """What requests call a field of the generator's."""
    return "pose" if field == "pose_id" else field


def outfit_message(items: Sequence[shapes.OutfitItemInput] | None) -> generator_pb2.Outfit | None:
    """Clothes; None stays None, an empty list undresses."""
    if items is None:
        return None
    return generator_pb2.Outfit(
        items=[
            generator_pb2.OutfitItem(garment_id=item.garment_id, size=item.size, color=item.color.lower())
            for item in items
        ]
    )


def avatar(message: generator_pb2.Avatar) -> shapes.Avatar:
    """An avatar as the API shows it."""
    path = f"/v1/avatars/{message.id}"
    return shapes.Avatar(
        id=message.id,
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
        updated_at=message.update_time.ToDatetime(tzinfo=UTC),
        recipe=_recipe(message.recipe),
        receipt=receipt(message.receipt),
        links=shapes.AvatarLinks(self=path, **{format: f"{path}.{format}" for format in FORMATS}),
    )


def receipt(message: generator_pb2.Receipt) -> shapes.Receipt:
    """What was delivered."""
    quantities = message.quantities if message.HasField("quantities") else None
    return shapes.Receipt(
        measurements=[_line(line) for line in message.lines],
        beside=[
            shapes.BesideLine(name=item.name, delivered_mm=mm(item.delivered_mm), tape=tape(item))
            for item in message.beside
        ],
        volume_l=round(quantities.volume_l, _QUANTITY_DECIMALS) if quantities else None,
        surface_area_m2=round(quantities.surface_area_m2, _QUANTITY_DECIMALS) if quantities else None,
        weight=_weight(message.weight) if message.HasField("weight") else None,
        within_iso20685=message.within_iso20685,
        point_count=message.point_count,
        vertex_count=message.vertex_count,
        face_count=message.face_count,
    )


def estimates(message: generator_pb2.EstimateMeasurementsResponse) -> shapes.Estimates:
    """The 15, known or estimated."""
    return shapes.Estimates(
        data=[
            shapes.Estimate(
                name=item.name,
                value_mm=mm(item.value_mm),
                source=SOURCES[item.source],
                interval_mm=(mm(item.interval_low_mm), mm(item.interval_high_mm)),
                limits_mm=(item.limit_low_mm, item.limit_high_mm),
            )
            for item in message.estimates
        ]
    )


def preview(message: generator_pb2.PreviewAvatarResponse) -> bytes:
    """A body as compact binary, little-endian: magic `ATPV`, version, vertex count, reading count, origin
    and step (3 float32 each, metres), readings (float32, mm), positions (uint16, three a vertex).
    """
    count = len(message.positions) // _BYTES_PER_VERTEX
    readings = message.delivered_mm
    header = PREVIEW_HEADER.pack(
        b"ATPV", FORMAT_VERSION, count, len(readings), *_xyz(message.origin), *_xyz(message.step)
    )
    return header + struct.pack(f"<{len(readings)}f", *readings) + message.positions


def topology(message: mesher_pb2.GetPreviewTopologyResponse) -> bytes:
    """The preview's triangles, little-endian: magic `ATPT`, version, vertex count, triangle count,
    indices (uint16, three a triangle).
    """
    count = len(message.triangles) // _BYTES_PER_TRIANGLE
    return TOPOLOGY_HEADER.pack(b"ATPT", FORMAT_VERSION, message.vertex_count, count) + message.triangles


def _recipe(message: generator_pb2.Recipe) -> shapes.Recipe:
    body = message.body
    return shapes.Recipe(
        measurements=measurements_by_name(body.measurements),
        body_type=BODY_TYPE_NAMES[body.body_type],
        seed=body.seed,
        weight_kg=body.weight_kg if body.HasField("weight_kg") else None,
        age=body.age if body.HasField("age") else None,
        model_version=message.model_version,
        look=shapes.Look(
            skin=message.look.skin_id,
            hairstyle=message.look.hairstyle_id,
            hair_color=message.look.hair_color,
        ),
        outfit=[
            shapes.OutfitItem(garment_id=item.garment_id, size=item.size, color=item.color)
            for item in message.outfit.items
        ],
        face=_face(message.face) if message.HasField("face") else None,
        pose=message.pose_id or None,
    )


def _face(message: generator_pb2.RecipeFace) -> shapes.RecipeFace:
    return shapes.RecipeFace(
        id=message.face_id, skin_color=message.skin_color, eye_color=message.eye_color or None
    )


def _line(line: generator_pb2.ReceiptLine) -> shapes.ReceiptLine:
    source = SOURCES[line.source]
    return shapes.ReceiptLine(
        name=line.reading.name,
        asked_mm=line.target_mm if source == "asked" else None,
        target_mm=mm(line.target_mm),
        delivered_mm=mm(line.reading.delivered_mm),
        error_mm=mm(line.error_mm),
        source=source,
        interval_mm=(mm(line.interval_low_mm), mm(line.interval_high_mm)),
        feasible=line.reading.feasible,
        tape=tape(line.reading),
    )


def _weight(line: generator_pb2.WeightLine) -> shapes.WeightLine:
    asked = line.asked_kg if line.HasField("asked_kg") else None
    return shapes.WeightLine(
        asked_kg=asked,
        estimated_kg=_kg(line.estimated_kg),
        error_kg=None if asked is None else _kg(line.estimated_kg - asked),
        interval_kg=(_kg(line.interval_low_kg), _kg(line.interval_high_kg)),
    )


def _kg(value: float) -> float:
    return round(value, _KG_DECIMALS)


def tape(reading: body_pb2.TapeReading) -> list[list[float]]:
    """Where a tape lies: metres, to a hundredth of a millimetre."""
    return [[round(value, _TAPE_DECIMALS) for value in _xyz(point)] for point in reading.tape]


def _xyz(point: body_pb2.Point) -> tuple[float, float, float]:
    return point.x, point.y, point.z


def mm(value: float) -> float:
    """Millimetres, to a thousandth."""
    return round(value, _MM_DECIMALS)
