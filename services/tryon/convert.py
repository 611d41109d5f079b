"""Messages <-> try-on's domain."""

from __future__ import annotations

from google.protobuf.message import Message

from atelier.catalog.v1 import catalog_pb2
from atelier.common.v1 import body_pb2
from atelier.tryon.v1 import tryon_pb2 as pb
from services.tryon.domain.model import Advice, EaseRange, Garment, Girths, Size, SizeFit, Zone, ZoneFit


def body(message: body_pb2.Measurements) -> Girths:
    """The girths that garments are compared with; the other measurements say nothing about them."""
    return _given(message, "_girth_mm")


def garment(message: catalog_pb2.Garment) -> Garment:
    """The size chart and the ease."""
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
