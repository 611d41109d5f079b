"""Size advice."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from services.gateway.schemas.base import Input, Output
from services.gateway.schemas.catalog import Zone


class SizeQuestion(Input):
    """Whose size of what."""

    avatar_id: str | None = None
    """One of the caller's avatars; its delivered measurements are used."""
    measurements: dict[str, float] | None = None
    """Or the body's measurements, in millimetres."""
    garment_id: str

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if (self.avatar_id is None) == (self.measurements is None):
            raise ValueError("give either avatarId or measurements")
        return self


class ZoneFit(Output):
    """One zone of one size on one body."""

    zone: Zone
    body_mm: float
    garment_mm: float
    ease_mm: float
    """Garment minus body: negative means that the cloth must stretch."""
    fit: Literal["tight", "good", "loose"]


class SizeFit(Output):
    """One size on one body."""

    label: str
    score: float
    zones: list[ZoneFit]


class SizeAdvice(Output):
    """Which size suits."""

    recommended: str
    confidence: float
    sizes: list[SizeFit]
    """Every size, smallest first."""
