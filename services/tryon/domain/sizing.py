"""How well a size of a garment sits on a body, and which of several sits best.

In each zone the ease (garment minus body) becomes a strain: 0 at the cut's ideal and 1 at either end of its
range. Beyond the range it goes on growing, faster where the garment is tight than where it is loose. The
strains of a size join in their 4-norm, ``(sum of s^4)^(1/4)``: the worst zone decides, the others break ties.

For charts that do not shrink from size to size this promises that a body that grows anywhere is never advised
a smaller size. The strain is convex in the ease, and so is its fourth power; as the body grows, the sum
therefore gains on the smaller size at least as fast as on the larger. A plain maximum instead of the norm was
tried and dropped: it breaks the promise where two sizes share a girth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from services.tryon.domain.model import EaseRange, Fit, Garment, Girths, Size, Zone

POWER = 4
"""Of the norm: two zones at the same strain count as one that is 2^(1/4), a fifth, worse."""

# Strains closer than this are equal: rounding errors of girths of a few metres stay far below.
_DECIMALS = 9


def comparable_zones(body: Girths, garment: Garment) -> tuple[Zone, ...]:
    """Zones of which the body, the ease ranges and every size speak: sizes are compared by the same zones."""
    charted = [set(size.girths) for size in garment.sizes]
    return tuple(zone for zone in Zone if charted and zone in set(body).intersection(garment.ease, *charted))


def fit(ease_mm: float, wanted: EaseRange) -> Fit:
    """How a zone with that ease sits."""
    if ease_mm < wanted.least_mm:
        return Fit.TIGHT
    return Fit.LOOSE if ease_mm > wanted.most_mm else Fit.GOOD


def strain(body: Girths, garment: Garment, size: Size, zones: Sequence[Zone]) -> float:
    """How far the size is from the cut's ideal on that body; 0 is ideal, there is no upper bound."""
    parts = [_zone_strain(size.girths[zone] - body[zone], garment.ease[zone]) for zone in zones]
    return math.pow(sum(math.pow(part, POWER) for part in parts), 1 / POWER)


def score(strain: float) -> float:
    """The strain as a share of how well the size sits: 1 at the ideal, a half with one zone at an end of its range."""
    return math.exp2(-(strain**2))


def best(strains: Sequence[float]) -> int:
    """Index of the least strain; of equal ones the last, the larger size: cloth can be taken in, not let out."""
    rounded = [round(strain, _DECIMALS) for strain in strains]
    return len(rounded) - 1 - rounded[::-1].index(min(rounded))


def confidence(scores: Sequence[float]) -> float:
    """The best score, less half of the runner-up's.

    1: one size is ideal and no other comes near. 0.5: two sizes are equally ideal. Near 0: none fits.
    """
    first, second = sorted([*scores, 0.0], reverse=True)[:2]
    return first - second / 2


def _zone_strain(ease_mm: float, wanted: EaseRange) -> float:
    room = ease_mm - wanted.ideal_mm
    if room >= 0:
        return room / (wanted.most_mm - wanted.ideal_mm)
    lack = room / (wanted.least_mm - wanted.ideal_mm)
    # Smooth at the end of the range, and convex: both matter to the promise above.
    return lack + max(0.0, lack - 1) ** 2
