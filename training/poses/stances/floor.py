"""Stances on the floor."""

from __future__ import annotations

from collections.abc import Mapping

from bodypose.skeleton import Support
from training.poses.stances.stance import Bent, Stance, Step

FLOOR: Mapping[str, Stance] = {
    "cross-legged": Stance(
        "Cross-legged on the floor",
        "Assis en tailleur",
        "floor",
        Bent((84, 42, -50), 124, -20, shin=-14),
        Bent((94, 40, -46), 108, -16, shin=-14),
        pitch=-6,
        turn=3,
        chest=(12, 3, -8),
        support=Support.FLOOR,
        zones=frozenset({"thighs", "chest", "head", "across"}),
        tags=("floor",),
    ),
    "floor knees up": Stance(
        "On the floor, knees drawn up",
        "Assis au sol, genoux relevés",
        "floor",
        Step(0.13, 0.44, 8),
        Step(-0.14, 0.53, -10),
        pitch=-16,
        turn=-6,
        chest=(18, -3, 10),
        support=Support.FLOOR,
        zones=frozenset({"knees", "head", "floor"}),
        tags=("floor",),
    ),
    "floor one up": Stance(
        "On the floor, {side} knee up, other leg stretched",
        "Assis au sol, genou {side} relevé, l'autre jambe allongée",
        "floor",
        Step(0.13, 0.44, 8),
        Bent((76, 16, -18), 8, -28),
        pitch=-14,
        turn=-5,
        chest=(12, -5, 10),
        support=Support.FLOOR,
        zones=frozenset({"knees", "head", "floor"}),
        tags=("floor",),
    ),
    "floor long": Stance(
        "On the floor, legs stretched, leaning back",
        "Assis au sol, jambes allongées, en appui arrière",
        "floor",
        Bent((64, 3, -6), 14, -34),
        Bent((66, 1, -4), 6, -30),
        pitch=-26,
        turn=8,
        chest=(-4, 4, -8),
        support=Support.FLOOR,
        zones=frozenset({"floor", "head"}),
        tags=("floor", "lean"),
    ),
    "side sit": Stance(
        "Sitting on the floor, legs folded to the {side}",
        "Assis au sol, jambes repliées vers la {sidef}",
        "floor",
        Bent((88, 10, 38), 112, -36, shin=8),
        Bent((86, 36, -52), 116, -24, shin=-12),
        roll=7,
        turn=-10,
        chest=(-2, -14, 10),
        support=Support.FLOOR,
        zones=frozenset({"floor", "head", "chest", "thighs"}),
        leaning="feminine",
        tags=("floor",),
    ),
}
