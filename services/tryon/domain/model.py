"""Bodies and garments as far as their girths go, and how one sits on the other."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Zone(enum.StrEnum):
    """A place where a garment's girth is compared with the body's."""

    CHEST = "chest"
    WAIST = "waist"
    HIP = "hip"
    UPPER_ARM = "upper_arm"
    THIGH = "thigh"


class Fit(enum.Enum):
    """How a zone of a garment sits."""

    TIGHT = "tight"
    GOOD = "good"
    LOOSE = "loose"


Girths = Mapping[Zone, float]
"""Girths in millimetres; a zone without a number is left out."""


@dataclass(frozen=True)
class EaseRange:
    """Room that a garment wants around the body in one zone, in millimetres of girth; least < ideal < most."""

    least_mm: float
    """Smaller than this it is tight; negative for cloth that stretches."""
    ideal_mm: float
    most_mm: float
    """Larger than this it is loose."""


@dataclass(frozen=True)
class Size:
    """A size with the finished garment's girths."""

    label: str
    girths: Girths


@dataclass(frozen=True)
class Garment:
    """A garment's size chart, smallest first, and the room that its cut wants."""

    sizes: tuple[Size, ...]
    ease: Mapping[Zone, EaseRange]


@dataclass(frozen=True)
class ZoneFit:
    """One zone of one size on one body; lengths in millimetres."""

    zone: Zone
    body_mm: float
    garment_mm: float
    fit: Fit

    @property
    def ease_mm(self) -> float:
        """Garment minus body: negative means that the cloth must stretch."""
        return self.garment_mm - self.body_mm


@dataclass(frozen=True)
class SizeFit:
    """One size on one body."""

    label: str
    zones: tuple[ZoneFit, ...]
    score: float
    """How well it sits: 1 where every zone has its ideal ease, toward 0 the further one is from it."""


@dataclass(frozen=True)
class Advice:
    """Which size suits, and what every size would be like."""

    recommended: str
    confidence: float
    """0 to 1: how clearly it is the best, and whether any size fits at all."""
    sizes: tuple[SizeFit, ...]
    """As in the size chart."""
