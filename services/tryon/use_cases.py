"""The verbs of the try-on service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.tryon.domain.errors import NotComparable
from services.tryon.domain.model import Advice, Garment, Girths, Size, SizeFit, Zone, ZoneFit
from services.tryon.domain.sizing import best, comparable_zones, confidence, fit, score, strain


@dataclass(frozen=True)
class AdviseSize:
    """Compares a body with every size of a garment."""

    def __call__(self, body: Girths, garment: Garment) -> Advice:
        """Raise NotComparable."""
        zones = comparable_zones(body, garment)
        if not zones:
            raise NotComparable("the body and the garment's size chart have no girth in common")
        strains = [strain(body, garment, size, zones) for size in garment.sizes]
        scores = [score(strain) for strain in strains]
        return Advice(
            recommended=garment.sizes[best(strains)].label,
            confidence=confidence(scores),
            sizes=tuple(
                SizeFit(size.label, _zone_fits(body, garment, size, zones), score)
                for size, score in zip(garment.sizes, scores, strict=True)
            ),
        )


def _zone_fits(body: Girths, garment: Garment, size: Size, zones: Sequence[Zone]) -> tuple[ZoneFit, ...]:
    return tuple(
        ZoneFit(zone, body[zone], size.girths[zone], fit(size.girths[zone] - body[zone], garment.ease[zone]))
        for zone in zones
    )
