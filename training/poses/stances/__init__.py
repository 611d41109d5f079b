"""How the body is carried: all stances, and the categories that people find them by."""

from __future__ import annotations

from collections.abc import Mapping

from training.poses.stances.dynamic import DYNAMIC
from training.poses.stances.floor import FLOOR
from training.poses.stances.kneeling import KNEELING
from training.poses.stances.seated import SEATED
from training.poses.stances.stance import Bent, Stance, Step, Vector
from training.poses.stances.standing import STANDING
from training.poses.stances.walking import WALKING

__all__ = ["CATEGORIES", "STANCES", "Bent", "Stance", "Step", "Vector"]

STANCES: Mapping[str, Stance] = {**STANDING, **WALKING, **DYNAMIC, **KNEELING, **SEATED, **FLOOR}
"""By key, in the library's order."""

CATEGORIES: Mapping[str, tuple[str, str]] = {
    "standing": ("Standing", "Debout"),
    "walking": ("Walking", "En marche"),
    "turning": ("Turning", "De profil et de dos"),
    "dynamic": ("Dynamic", "En mouvement"),
    "crouching": ("Crouching", "Accroupi"),
    "kneeling": ("Kneeling", "À genoux"),
    "seated": ("Seated", "Assis"),
    "floor": ("On the floor", "Au sol"),
}
"""Names for people, in the library's order."""
