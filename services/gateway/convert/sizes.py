"""Size advice: messages to JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from atelier.tryon.v1 import tryon_pb2
from services.gateway.convert.catalog import ZONES
from services.gateway.schemas import sizes as shapes

FITS: Mapping[int, Literal["tight", "good", "loose"]] = {
    tryon_pb2.FIT_TIGHT: "tight",
    tryon_pb2.FIT_GOOD: "good",
    tryon_pb2.FIT_LOOSE: "loose",
}


def advice(message: tryon_pb2.AdviseSizeResponse) -> shapes.SizeAdvice:
    """Which size suits."""
    return shapes.SizeAdvice(
        recommended=message.recommended,
        confidence=round(message.confidence, 3),
        sizes=[
            shapes.SizeFit(
                label=size.label, score=round(size.score, 3), zones=[_zone(zone) for zone in size.zones]
            )
            for size in message.sizes
        ],
    )


def _zone(message: tryon_pb2.ZoneFit) -> shapes.ZoneFit:
    return shapes.ZoneFit(
        zone=ZONES[message.zone],
        body_mm=round(message.body_mm, 1),
        garment_mm=round(message.garment_mm, 1),
        ease_mm=round(message.ease_mm, 1),
        fit=FITS[message.fit],
    )
