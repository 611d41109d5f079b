"""Stances on the knees."""

from __future__ import annotations

from collections.abc import Mapping

from bodypose.skeleton import Support
from training.poses.stances.stance import Bent, Stance, Step

KNEELING: Mapping[str, Stance] = {
    "kneel one": Stance(
        "On the {side} knee",
        "Un genou à terre, le {side}",
        "kneeling",
        Bent((2, 5, 4), 92, -34, toes=58),
        Step(-0.12, 0.42, -12),
        pitch=2,
        turn=-4,
        chest=(2, -4, 8),
        support=Support.FLOOR,
        zones=frozenset({"knees", "hip", "chest", "head", "across"}),
        tags=("kneel",),
    ),
    "kneel up": Stance(
        "Kneeling upright",
        "À genoux, buste redressé",
        "kneeling",
        Bent((4, 8, -4), 92, -56),
        Bent((-2, 8, -2), 90, -56),
        turn=-6,
        roll=3,
        chest=(-3, -6, 10),
        support=Support.FLOOR,
        zones=frozenset({"low", "hip", "chest", "head", "across"}),
        tags=("kneel",),
    ),
    "sit on heels": Stance(
        "Sitting on the heels",
        "Assis sur les talons",
        "kneeling",
        Bent((63, 10, -6), 152, -60),
        Bent((61, 12, -8), 151, -60),
        pitch=0,
        turn=5,
        chest=(-2, 4, -10),
        support=Support.FLOOR,
        zones=frozenset({"thighs", "chest", "head", "across"}),
        tags=("kneel",),
    ),
}
