"""Messages <-> try-on's domain."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.message import Message

from atelier.catalog.v1 import catalog_pb2
from atelier.common.v1 import body_pb2
from atelier.tryon.v1 import tryon_pb2 as pb
from atelierkit.errors import FieldFault, InvalidInput
from services.tryon.domain.model import Advice, EaseRange, Garment, Girths, Size, SizeFit, Zone, ZoneFit

_ZONES = frozenset(zone.value for zone in Zone)
# Advice divides by both halves of an ease range, so neither may vanish.
_LEAST_HALF_MM = 1.0
_MOST_MM = 3000.0


def body(message: body_pb2.Measurements) -> Girths:
    """The girths that garments are compared with; the other measurements say nothing about them."""
    return _given(message, "_girth_mm")


def garment(message: catalog_pb2.Garment) -> Garment:
    """The size chart and the ease. Raise InvalidInput for ease ranges that cannot be judged by."""
    faults = list(_ease_faults(message))
    if faults:
        raise InvalidInput("the garment's ease ranges are not valid", faults=faults)
    return Garment(
        sizes=tuple(Size(size.label, _given(size.girths, "_mm")) for size in message.sizes),
        ease={
            Zone(ease.zone): EaseRange(ease.least_mm, ease.ideal_mm, ease.most_mm) for ease in message.ease
        },
    )


def advice(record: Advice) -> pb.AdviseSizeResponse:
    """Which size suits."""
    return pb.AdviseSizeResponse(
        recommended=record.recommended, confidence=record.confidence, sizes=map(_size_fit, record.sizes)
    )


def _ease_faults(message: catalog_pb2.Garment) -> Iterator[FieldFault]:
    seen: set[str] = set()
    for index, ease in enumerate(message.ease):
        path = f"garment.ease[{index}]"
        if ease.zone not in _ZONES or ease.zone in seen:
            yield FieldFault(f"{path}.zone", "ease.zone", "must be a zone, named once", limit=", ".join(Zone))
        if not _can_be_judged_by(ease):
            yield FieldFault(
                path, "ease.range", "least, ideal and most must rise by 1 mm or more", limit="-3000..3000"
            )
        seen.add(ease.zone)


def _can_be_judged_by(ease: catalog_pb2.EaseRange) -> bool:
    # Each comparison is false for NaN.
    return (
        -_MOST_MM <= ease.least_mm <= ease.ideal_mm - _LEAST_HALF_MM
        and ease.ideal_mm + _LEAST_HALF_MM <= ease.most_mm <= _MOST_MM
    )


def _given(message: Message, suffix: str) -> Girths:
    """The message's fields that are set and named ``<zone><suffix>``."""
    given = {field.name: value for field, value in message.ListFields()}
    return {zone: given[name] for zone in Zone if (name := f"{zone}{suffix}") in given}


def _size_fit(record: SizeFit) -> pb.SizeFit:
    return pb.SizeFit(label=record.label, zones=map(_zone_fit, record.zones), score=record.score)


def _zone_fit(record: ZoneFit) -> pb.ZoneFit:
    return pb.ZoneFit(
        zone=record.zone.value,
        body_mm=record.body_mm,
        garment_mm=record.garment_mm,
        ease_mm=record.ease_mm,
        fit=pb.Fit.Value(f"FIT_{record.fit.name}"),
    )
