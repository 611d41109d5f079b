"""What can be worn."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from services.gateway.schemas.base import LocalizedText, Output, Query

Category = Literal["dress", "skirt", "sweater", "tshirt", "trousers"]
Zone = Literal["chest", "waist", "hip", "upperArm", "thigh"]


class GarmentQuery(Query):
    """Which garments."""

    category: Category | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 100
    """At most this many."""
    cursor: Annotated[str, Field(max_length=64)] = ""
    """`nextCursor` of the page before; one that no page gave ends the list."""


class ColorOption(Output):
    """A colour on offer."""

    color: str
    """sRGB, `#rrggbb`."""
    name: LocalizedText


class SizeOption(Output):
    """A size on offer."""

    label: str
    girths_mm: dict[Zone, float]
    """Finished girths of the garment."""


class Ease(Output):
    """How much room a garment wants around the body."""

    zone: Zone
    least_mm: float
    ideal_mm: float
    most_mm: float


class Garment(Output):
    """A garment."""

    id: str
    category: Category
    name: LocalizedText
    sizes: list[SizeOption]
    colors: list[ColorOption]
    ease: list[Ease]
    licence: str


class Hairstyle(Output):
    """A hairstyle."""

    id: str
    name: LocalizedText
    colors: list[ColorOption]


class Skin(Output):
    """A skin tone."""

    id: str
    color: str
    name: LocalizedText


class GarmentList(Output):
    """Garments, in the catalogue's order."""

    data: list[Garment]
    next_cursor: str | None


class HairstyleList(Output):
    """Hairstyles, in the catalogue's order."""

    data: list[Hairstyle]
    next_cursor: None = None


class SkinList(Output):
    """Skin tones, lightest first."""

    data: list[Skin]
    next_cursor: None = None
