"""From names to a look: the rules of what goes together.

Every fault of one kind is told at once, under the path that the field has in the request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from atelierkit.errors import FieldFault
from services.catalog.domain.errors import ConflictingGarments, UnavailableVariant, UnknownCatalogItem
from services.catalog.domain.model import (
    Garment,
    HairPattern,
    Hairstyle,
    Look,
    LookRequest,
    OutfitItem,
    Skin,
    Worn,
)

UNKNOWN = "catalog.unknown"
UNAVAILABLE = "catalog.unavailable"
CONFLICT = "catalog.conflict"


def resolve(
    asked: LookRequest,
    skins: Sequence[Skin],
    hairstyles: Sequence[Hairstyle],
    garments: Mapping[str, Garment],
) -> Look:
    """Settle what was asked for, given the records that it may name.

    Raises UnknownCatalogItem, then UnavailableVariant, then ConflictingGarments.
    """
    skins_by_id = {skin.id: skin for skin in skins}
    hairstyles_by_id = {hairstyle.id: hairstyle for hairstyle in hairstyles}
    _refuse_unknown(asked, skins_by_id, hairstyles_by_id, garments)
    outfit = _worn(asked.outfit, garments)
    _refuse_conflicts(outfit)
    skin = skins_by_id[asked.skin_id] if asked.skin_id else default_skin(skins)
    hair, hair_color = _hair(asked, hairstyles_by_id, scalp=skin.color)
    return Look(skin, hair, hair_color, tuple(sorted(outfit, key=_depth)))


def default_skin(skins: Sequence[Skin]) -> Skin:
    """The middle of the range, the lighter of the two where their number is even: nobody is far from it."""
    return skins[(len(skins) - 1) // 2]


def _refuse_unknown(
    asked: LookRequest,
    skins: Mapping[str, Skin],
    hairstyles: Mapping[str, Hairstyle],
    garments: Mapping[str, Garment],
) -> None:
    unknown: dict[str, tuple[str, str]] = {}  # what was named, and what might have been
    if asked.skin_id and asked.skin_id not in skins:
        unknown["skin_id"] = asked.skin_id, ", ".join(skins)
    if asked.hairstyle_id and asked.hairstyle_id not in hairstyles:
        unknown["hairstyle_id"] = asked.hairstyle_id, ", ".join(hairstyles)
    for index, item in enumerate(asked.outfit):
        if item.garment_id not in garments:
            unknown[f"outfit[{index}].garment_id"] = item.garment_id, "the id of a garment in the catalogue"
    if unknown:
        faults = [
            FieldFault(field, UNKNOWN, "the catalogue has no such item", limit)
            for field, (_, limit) in unknown.items()
        ]
        field, (value, _) = next(iter(unknown.items()))
        raise UnknownCatalogItem("the catalogue has no such item", faults=faults, field=field, value=value)


def _worn(outfit: Sequence[OutfitItem], garments: Mapping[str, Garment]) -> list[Worn]:
    worn: list[Worn] = []
    faults: list[FieldFault] = []
    for index, item in enumerate(outfit):
        garment = garments[item.garment_id]
        size, color = garment.size(item.size), garment.color(item.color)
        if size is None:
            labels = [offered.label for offered in garment.sizes]
            faults.append(_not_offered(f"outfit[{index}].size", "size", labels))
        if color is None:
            colors = [offered.color for offered in garment.colors]
            faults.append(_not_offered(f"outfit[{index}].color", "color", colors))
        if size is not None and color is not None:
            worn.append(Worn(garment, size, color))
    if faults:
        raise UnavailableVariant("a garment is not made in that size or color", faults=faults)
    return worn


def _not_offered(field: str, what: str, offered: Sequence[str]) -> FieldFault:
    return FieldFault(field, UNAVAILABLE, f"the garment is not made in that {what}", limit=", ".join(offered))


def _refuse_conflicts(outfit: Sequence[Worn]) -> None:
    faults = [
        FieldFault(
            f"outfit[{later}].garment_id",
            CONFLICT,
            f"covers the {' and the '.join(sorted(shared))}, as outfit[{earlier}] does",
        )
        for earlier, later in combinations(range(len(outfit)), 2)
        if (shared := outfit[earlier].garment.category.covers & outfit[later].garment.category.covers)
    ]
    if faults:
        raise ConflictingGarments("two garments cover the same part of the body", faults=faults)


def _hair(asked: LookRequest, hairstyles: Mapping[str, Hairstyle], *, scalp: str) -> tuple[HairPattern, str]:
    if not asked.hairstyle_id:
        # A bare scalp shows skin; the colour that was asked for has nothing to colour.
        return HairPattern.NONE, scalp
    hairstyle = hairstyles[asked.hairstyle_id]
    return hairstyle.pattern, asked.hair_color or hairstyle.colors[0].color


def _depth(worn: Worn) -> int:
    return worn.garment.category.layer
