"""Shapes of a hand: how far each finger is bent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FINGERS = ("Index", "Middle", "Ring", "Pinky")


@dataclass(frozen=True, slots=True)
class Hand:
    """Degrees, as `bodypose.joints` counts them."""

    curls: tuple[tuple[float, float, float], ...]
    """Flexion of the three joints of index, middle, ring and little finger."""
    spread: tuple[float, float, float, float]
    """Abduction of the first joints: to the thumb's side."""
    thumb: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    """Flexion and abduction of the thumb's joints."""

    def angles(self, side: str) -> dict[str, tuple[float, float, float]]:
        """Bone -> flexion, abduction and rotation."""
        found = {}
        for finger, curl, spread in zip(FINGERS, self.curls, self.spread, strict=True):
            for joint, flexion in enumerate(curl, 1):
                found[f"{side}Hand{finger}{joint}"] = (flexion, spread if joint == 1 else 0.0, 0.0)
        for joint, (flexion, abduction) in enumerate(self.thumb, 1):
            found[f"{side}HandThumb{joint}"] = (flexion, abduction, 0.0)
        return found


_LOOSE_THUMB = ((12.0, 3.0), (10.0, 0.0), (14.0, 0.0))
_WIDE_THUMB = ((0.0, 8.0), (6.0, 0.0), (14.0, 0.0))

# The A pose's hand is a fan: its index and little finger stand 16 degrees off the middle one, its thumb 50 off the index. Of a
# hand at ease little of that is left; with it, bent fingers look like claws.
HANDS: Mapping[str, Hand] = {
    "relaxed": Hand(
        ((9, 14, 8), (14, 18, 10), (18, 21, 12), (21, 23, 13)), (-11.0, 0.0, 5.0, 8.0), _LOOSE_THUMB
    ),
    "soft": Hand(((-6, 10, 6), (-1, 12, 7), (4, 14, 9), (8, 17, 10)), (-8.0, 0.0, 4.0, 6.0), _LOOSE_THUMB),
    "flat": Hand(
        ((2, 4, 3), (3, 5, 3), (4, 6, 4), (5, 8, 5)),
        (-7.0, 0.0, 3.0, 5.0),
        ((2.0, -2.0), (2.0, 0.0), (2.0, 0.0)),
    ),
    "cupped": Hand(
        ((13, 13, 7), (14, 14, 8), (16, 16, 9), (18, 18, 10)),
        (-10.0, 0.0, 5.0, 8.0),
        ((6.0, 3.0), (8.0, 0.0), (10.0, 0.0)),
    ),
    "fist": Hand(
        ((70, 88, 52), (74, 92, 54), (76, 92, 54), (78, 90, 52)),
        (0.0, 0.0, 0.0, 0.0),
        ((22.0, 14.0), (34.0, 0.0), (42.0, 0.0)),
    ),
    "loose fist": Hand(
        ((42, 58, 30), (50, 64, 34), (56, 66, 36), (60, 64, 34)),
        (1.0, 0.0, 0.0, -1.0),
        ((12.0, 12.0), (20.0, 0.0), (26.0, 0.0)),
    ),
    "pointing": Hand(
        ((4, 6, 4), (56, 70, 38), (62, 72, 40), (66, 70, 38)),
        (0.0, 0.0, 0.0, 0.0),
        ((18.0, 14.0), (26.0, 0.0), (30.0, 0.0)),
    ),
    "holding": Hand(
        ((32, 44, 24), (36, 48, 26), (40, 50, 28), (44, 50, 28)),
        (2.0, 0.0, -1.0, -2.0),
        ((4.0, 20.0), (12.0, 0.0), (18.0, 0.0)),
    ),
    "pinch": Hand(
        ((42, 36, 20), (30, 30, 16), (22, 24, 14), (16, 20, 12)),
        (0.0, 0.0, -2.0, -6.0),
        ((14.0, 22.0), (14.0, 0.0), (16.0, 0.0)),
    ),
    "open": Hand(
        ((-8, 4, 2), (-4, 5, 3), (-3, 7, 4), (0, 9, 5)),
        (3.0, 0.0, -3.0, -7.0),
        ((-12.0, -4.0), (-2.0, 0.0), (0.0, 0.0)),
    ),
    "pocketed": Hand(
        ((12, 14, 8), (14, 16, 9), (15, 16, 10), (16, 18, 10)),
        (-11.0, 0.0, 5.0, 8.0),
        ((-4.0, -4.0), (2.0, 0.0), (6.0, 0.0)),
    ),
    # Spread as in the A pose: for poses of the library whose arms, fitted to other bodies, would touch with others.
    "relaxed fanned": Hand(
        ((10, 14, 8), (17, 19, 11), (23, 23, 13), (27, 26, 15)), (2.0, 0.0, -1.0, -3.0), _WIDE_THUMB
    ),
    "soft fanned": Hand(
        ((-4, 10, 6), (8, 14, 8), (16, 20, 12), (22, 26, 14)), (4.0, 1.0, -1.0, -5.0), _WIDE_THUMB
    ),
    "flat fanned": Hand(
        ((2, 4, 3), (3, 5, 3), (4, 6, 4), (5, 8, 5)),
        (3.0, 0.0, -2.0, -6.0),
        ((-6.0, -6.0), (0.0, 0.0), (2.0, 0.0)),
    ),
    "cupped fanned": Hand(
        ((18, 16, 8), (20, 18, 10), (22, 20, 11), (24, 24, 12)),
        (1.0, 0.0, 0.0, -2.0),
        ((0.0, 6.0), (8.0, 0.0), (10.0, 0.0)),
    ),
}
