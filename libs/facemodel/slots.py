"""Which of three photos shows which side of a face."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from itertools import permutations


class Slot(StrEnum):
    """A side of a face."""

    FRONT = "front"
    LEFT = "left"
    """The person's left cheek: they turned to their right."""
    RIGHT = "right"


YAWS_DEG: Mapping[Slot, tuple[float, float]] = {
    Slot.FRONT: (-20.0, 20.0),
    Slot.LEFT: (-60.0, -15.0),
    Slot.RIGHT: (15.0, 60.0),
}
"""Least and greatest yaw of a photo. Rendered heads: points are off by 1.5 % of the eyes' distance from the front, by 3.5 %
at 30 degrees, 6 % at 45 and 12 % at 60, where the outline alone is to be trusted. Below 15 degrees a photo tells no depth
that the front one does not."""


def misfit_deg(slot: Slot, yaw_deg: float) -> float:
    """Degrees by which a photo is turned too little or too far for its slot; 0 where it fits."""
    least, greatest = YAWS_DEG[slot]
    return max(least - yaw_deg, yaw_deg - greatest, 0.0)


def arranged(yaws_deg: Mapping[Slot, float]) -> dict[Slot, Slot]:
    """For each photo as it was sent, the slot that it belongs into: an order in which all fit, the sent one first.

    People hold left and right for the camera's, and forms get mixed up: what a photo shows is seen. Where no order fits,
    the front stays the front, so that what is told about a photo is about what it was meant to be.
    """
    sent = list(yaws_deg)
    orders = [dict(zip(sent, order, strict=True)) for order in permutations(Slot, len(sent))]

    def misfit(order: Mapping[Slot, Slot]) -> float:
        return sum(misfit_deg(slot, yaws_deg[photo]) for photo, slot in order.items())

    def moved(order: Mapping[Slot, Slot]) -> int:
        return sum(photo is not slot for photo, slot in order.items())

    fitting = [order for order in orders if not misfit(order)]
    if fitting:
        return min(fitting, key=moved)
    kept = [
        order
        for order in orders
        if all((photo is Slot.FRONT) == (slot is Slot.FRONT) for photo, slot in order.items())
    ]
    return min(kept, key=lambda order: (misfit(order), moved(order)))
