"""Messages <-> the catalogue's domain. Enums of both sides have the same names, apart from the message's prefix."""

from __future__ import annotations

from dataclasses import asdict

from atelier.catalog.v1 import catalog_pb2 as pb
from atelier.common.v1 import outfit_pb2
from services.catalog.domain.model import (
    BodyPart,
    Category,
    Color,
    Cut,
    EaseRange,
    Garment,
    Girths,
    Hairstyle,
    Look,
    LookRequest,
    OutfitItem,
    Size,
    Skin,
    Text,
    Worn,
)

_PAGE_SIZE = 100


def page_size(asked: int) -> int:
    """How many are shown; 0 asks for the default."""
    return asked or _PAGE_SIZE


def category(message: pb.Category.ValueType) -> Category | None:
    """None where it is unspecified."""
    if message == pb.CATEGORY_UNSPECIFIED:
        return None
    return Category[pb.Category.Name(message).removeprefix("CATEGORY_")]


def look_request(message: pb.ResolveLookRequest) -> LookRequest:
    """A look as asked for."""
    return LookRequest(
        skin_id=message.skin_id,
        hairstyle_id=message.hairstyle_id,
        hair_color=message.hair_color,
        outfit=tuple(OutfitItem(item.garment_id, item.size, item.color) for item in message.outfit),
    )


def garment(record: Garment) -> pb.Garment:
    """A garment with everything about it."""
    return pb.Garment(
        id=record.id,
        category=pb.Category.Value(f"CATEGORY_{record.category.name}"),
        name=_text(record.name),
        sizes=map(_size, record.sizes),
        colors=map(_color, record.colors),
        cut=_cut(record.cut),
        ease=map(_ease, record.ease),
        licence=record.licence,
        # The enum's order: a set has none of its own.
        covers=[
            pb.BodyPart.Value(f"BODY_PART_{part.name}") for part in BodyPart if part in record.category.covers
        ],
    )


def hairstyle(record: Hairstyle) -> pb.Hairstyle:
    """A hairstyle."""
    return pb.Hairstyle(
        id=record.id,
        name=_text(record.name),
        pattern=outfit_pb2.HairPattern.Value(f"HAIR_PATTERN_{record.pattern.name}"),
        colors=map(_color, record.colors),
    )


def skin(record: Skin) -> pb.Skin:
    """A skin tone."""
    return pb.Skin(id=record.id, color=record.color, name=_text(record.name))


def look(settled: Look) -> pb.ResolveLookResponse:
    """A look, settled."""
    return pb.ResolveLookResponse(
        appearance=outfit_pb2.Appearance(
            skin_color=settled.skin.color,
            hair=outfit_pb2.HairPattern.Value(f"HAIR_PATTERN_{settled.hair.name}"),
            hair_color=settled.hair_color,
        ),
        garments=map(_worn, settled.outfit),
        skin_id=settled.skin.id,
    )


def _worn(worn: Worn) -> outfit_pb2.WornGarment:
    return outfit_pb2.WornGarment(
        garment_id=worn.garment.id,
        cut=_cut(worn.garment.cut),
        girths=_girths(worn.size.girths),
        color=worn.color,
        licence=worn.garment.licence,
    )


def _cut(cut: Cut) -> outfit_pb2.Cut:
    return outfit_pb2.Cut(
        pattern=outfit_pb2.Pattern.Value(f"PATTERN_{cut.pattern.name}"),
        sleeve=cut.sleeve,
        hem=cut.hem,
        neckline=cut.neckline,
        flare=cut.flare,
        thickness_mm=cut.thickness_mm,
    )


def _size(size: Size) -> pb.SizeOption:
    return pb.SizeOption(label=size.label, girths=_girths(size.girths))


def _girths(girths: Girths) -> outfit_pb2.GarmentGirths:
    return outfit_pb2.GarmentGirths(**asdict(girths))


def _ease(ease: EaseRange) -> pb.EaseRange:
    return pb.EaseRange(
        zone=ease.zone.value, least_mm=ease.least_mm, ideal_mm=ease.ideal_mm, most_mm=ease.most_mm
    )


def _color(color: Color) -> pb.ColorOption:
    return pb.ColorOption(color=color.color, name=_text(color.name))


def _text(text: Text) -> pb.LocalizedText:
    return pb.LocalizedText(en=text.en, fr=text.fr)
