"""The catalogue: messages to JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from atelier.catalog.v1 import catalog_pb2
from atelier.common.v1 import outfit_pb2
from services.gateway.schemas import catalog as shapes
from services.gateway.schemas.base import LocalizedText

CATEGORIES: Mapping[shapes.Category, catalog_pb2.Category.ValueType] = {
    "dress": catalog_pb2.CATEGORY_DRESS,
    "skirt": catalog_pb2.CATEGORY_SKIRT,
    "sweater": catalog_pb2.CATEGORY_SWEATER,
    "tshirt": catalog_pb2.CATEGORY_TSHIRT,
    "trousers": catalog_pb2.CATEGORY_TROUSERS,
}
CATEGORY_NAMES: Mapping[int, shapes.Category] = {value: name for name, value in CATEGORIES.items()}
ZONES: Mapping[str, shapes.Zone] = {
    "chest": "chest",
    "waist": "waist",
    "hip": "hip",
    "upper_arm": "upperArm",
    "thigh": "thigh",
}
"""Zone in a message by zone in JSON: the published names are camelCase."""


def garment(message: catalog_pb2.Garment) -> shapes.Garment:
    """A garment."""
    return shapes.Garment(
        id=message.id,
        category=CATEGORY_NAMES[message.category],
        name=_text(message.name),
        sizes=[shapes.SizeOption(label=size.label, girths_mm=_girths(size.girths)) for size in message.sizes],
        colors=_colors(message.colors),
        ease=[
            shapes.Ease(
                zone=ZONES[ease.zone], least_mm=ease.least_mm, ideal_mm=ease.ideal_mm, most_mm=ease.most_mm
            )
            for ease in message.ease
        ],
        licence=message.licence,
    )


def hairstyle(message: catalog_pb2.Hairstyle) -> shapes.Hairstyle:
    """A hairstyle."""
    return shapes.Hairstyle(id=message.id, name=_text(message.name), colors=_colors(message.colors))


def skin(message: catalog_pb2.Skin) -> shapes.Skin:
    """A skin tone."""
    return shapes.Skin(id=message.id, color=message.color, name=_text(message.name))


def _girths(message: outfit_pb2.GarmentGirths) -> dict[shapes.Zone, float]:
    return {ZONES[field.name.removesuffix("_mm")]: value for field, value in message.ListFields()}


def _colors(options: Iterable[catalog_pb2.ColorOption]) -> list[shapes.ColorOption]:
    return [shapes.ColorOption(color=option.color, name=_text(option.name)) for option in options]


def _text(message: catalog_pb2.LocalizedText) -> LocalizedText:
    return LocalizedText(en=message.en, fr=message.fr)
