"""What is told of a face, and why something is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a thing cannot be told; clients read these, so they stay."""

    EYES_HIDDEN = "eyes_hidden"
    """Dark lenses, or closed lids."""
    EARS_NOT_SEEN = "ears_not_seen"
    """Hair lies over both, or no photo shows them."""
    HEAD_CUT_OFF = "head_cut_off"
    """All photos end at the forehead."""
    TOO_DARK = "too_dark"
    """The skin is hardly brighter than the sensor's noise."""
    TOO_BRIGHT = "too_bright"
    """The skin is as white as the photo can be."""
    UNEVEN_LIGHT = "uneven_light"
    """The parts of the face differ too much from each other."""
    TOO_SMALL = "too_small"
    """Too few pixels."""
    UNSURE = "unsure"
    """It was looked at, and might be either."""


@dataclass(frozen=True, slots=True)
class Trait:
    """Something that is there or not."""

    score: float
    """0..1: how much speaks for it."""
    present: bool | None
    """None where it cannot be told."""
    reason: Reason | None = None
    """Why it cannot be told; None where it can."""


@dataclass(frozen=True, slots=True)
class MeasuredColor:
    """A colour as it would be under white light, and how sure that is."""

    rgb: tuple[int, int, int]
    """sRGB, 0..255."""
    confidence: float
    """0..1."""


@dataclass(frozen=True, slots=True)
class SkinTone:
    """The skin; either `color` and `monk` are known, or `reason` says why not."""

    color: MeasuredColor | None
    monk: int | None
    """1..10 on the Monk Skin Tone scale."""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class EyeColor:
    """The irises; either `color` is known, or `reason` says why not."""

    color: MeasuredColor | None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class FaceShape:
    """The outline of the face."""

    scores: Mapping[str, float]
    """0..1 for each of `shape.SHAPES`, together 1."""
    name: str | None
    """The likeliest; None where two are as likely."""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Features:
    """All that the photos say about a face."""

    expressions: Mapping[str, Trait]
    """`smile`, `frown`, `raisedEyebrows`, `squint`."""
    shape: FaceShape
    skin: SkinTone
    eyes: EyeColor
    accessories: Mapping[str, Trait]
    """`glasses`, `earrings`, `hat`."""
