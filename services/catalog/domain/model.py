"""Garments, hairstyles and skins as the catalogue knows them, and a look put together from them."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class BodyPart(enum.StrEnum):
    """A part of the body that one garment at a time can cover."""

    TORSO = "torso"
    LEGS = "legs"


class Category(enum.StrEnum):
    """A kind of garment: what it covers, and where it lies among garments worn together."""

    DRESS = "dress"
    SKIRT = "skirt"
    SWEATER = "sweater"
    TSHIRT = "tshirt"
    TROUSERS = "trousers"

    @property
    def covers(self) -> frozenset[BodyPart]:
        """Parts of the body that nothing else in the outfit may cover."""
        return _COVERS[self]

    @property
    def layer(self) -> int:
        """0 lies next to the skin; a top's hem falls over the waistband, so tops lie further out."""
        return 0 if BodyPart.LEGS in self.covers else 1


_TORSO, _LEGS = frozenset({BodyPart.TORSO}), frozenset({BodyPart.LEGS})
_COVERS = {
    Category.DRESS: _TORSO | _LEGS,
    Category.SKIRT: _LEGS,
    Category.SWEATER: _TORSO,
    Category.TSHIRT: _TORSO,
    Category.TROUSERS: _LEGS,
}


class Pattern(enum.StrEnum):
    """The family of patterns that a garment is cut from."""

    TOP = "top"
    SKIRT = "skirt"
    DRESS = "dress"
    TROUSERS = "trousers"


class HairPattern(enum.StrEnum):
    """The family of a hairstyle's geometry; NONE is a bare scalp, which no hairstyle on offer has."""

    NONE = "none"
    CROP = "crop"
    BOB = "bob"
    LONG = "long"


class Zone(enum.StrEnum):
    """A place where a garment's girth is compared with the body's."""

    CHEST = "chest"
    WAIST = "waist"
    HIP = "hip"
    UPPER_ARM = "upper_arm"
    THIGH = "thigh"


@dataclass(frozen=True)
class Text:
    """A name in every language of the platform."""

    en: str
    fr: str


@dataclass(frozen=True)
class Color:
    """A colour on offer; ``color`` is sRGB, ``#rrggbb`` in lower case."""

    color: str
    name: Text


@dataclass(frozen=True)
class Girths:
    """Finished girths of a garment in one size, in millimetres; None where it does not cover the zone."""

    chest_mm: float | None = None
    waist_mm: float | None = None
    hip_mm: float | None = None
    upper_arm_mm: float | None = None
    thigh_mm: float | None = None


@dataclass(frozen=True)
class Size:
    """A size on offer."""

    label: str
    girths: Girths


@dataclass(frozen=True)
class EaseRange:
    """Room that a garment wants around the body in one zone, in millimetres of girth; least < ideal < most."""

    zone: Zone
    least_mm: float
    """Smaller than this it is tight; negative for cloth that stretches."""
    ideal_mm: float
    most_mm: float
    """Larger than this it is loose."""


@dataclass(frozen=True)
class Cut:
    """Geometry in proportions of the wearer's body; ``atelier.common.v1.Cut`` says what each number means."""

    pattern: Pattern
    sleeve: float
    hem: float
    neckline: float
    flare: float
    thickness_mm: float


@dataclass(frozen=True)
class Garment:
    """A garment. What stands behind an id never changes: a changed cut or size chart gets a new id."""

    id: str
    category: Category
    name: Text
    sizes: tuple[Size, ...]
    """Smallest first."""
    colors: tuple[Color, ...]
    """The first is the default."""
    cut: Cut
    ease: tuple[EaseRange, ...]
    """One per zone of the size chart."""
    licence: str
    """SPDX expression."""

    def size(self, label: str) -> Size | None:
        """The size of that label; None where the garment is not made in it."""
        return next((size for size in self.sizes if size.label == label), None)

    def color(self, asked: str) -> str | None:
        """The colour that was asked for, the first where none was; None where it is not on offer."""
        offered = [option.color for option in self.colors]
        if not asked:
            return offered[0]
        return asked if asked in offered else None


@dataclass(frozen=True)
class GarmentPage:
    """Part of a list of garments."""

    garments: tuple[Garment, ...]
    next: str
    """Id of the garment behind which the next page begins; empty after the last."""


@dataclass(frozen=True)
class Hairstyle:
    """A hairstyle."""

    id: str
    name: Text
    pattern: HairPattern
    colors: tuple[Color, ...]
    """The first is the default; hair can be dyed any other colour too."""


@dataclass(frozen=True)
class Skin:
    """A skin tone; ``color`` is sRGB, ``#rrggbb`` in lower case."""

    id: str
    color: str
    name: Text


@dataclass(frozen=True)
class OutfitItem:
    """One garment as somebody asks for it; an empty colour is the garment's first."""

    garment_id: str
    size: str
    color: str = ""


@dataclass(frozen=True)
class LookRequest:
    """A look as somebody asks for it; empty is: the default skin, no hair, the hairstyle's first colour."""

    skin_id: str = ""
    hairstyle_id: str = ""
    hair_color: str = ""
    outfit: tuple[OutfitItem, ...] = ()


@dataclass(frozen=True)
class Worn:
    """One garment with its size and colour settled."""

    garment: Garment
    size: Size
    color: str


@dataclass(frozen=True)
class Look:
    """Skin, hair and clothes, settled."""

    skin: Skin
    hair: HairPattern
    hair_color: str
    outfit: tuple[Worn, ...]
    """From the skin outwards."""
