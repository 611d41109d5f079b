"""What an arm does is made of: angles, or a place that its hand goes to. Each is written for the left one."""

from __future__ import annotations

from dataclasses import dataclass

from training.poses.spots import Vector


@dataclass(frozen=True, slots=True)
class Hang:
    """An arm by its angles: degrees as `bodypose.joints` counts them."""

    shoulder: Vector
    elbow: float
    pronation: float = 0.0
    wrist: tuple[float, float] = (0.0, 0.0)
    """Flexion, and towards the thumb."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A hand that goes to a place. Vectors are the left hand's: X outward, Y up, Z forward."""

    at: str | tuple[str, Vector]
    """A spot of the skin, or a bone and a point of the resting body that goes with it."""
    fingers: Vector
    """Where the fingers point, as the bone of the spot carries it."""
    palm: Vector | None = None
    """Where the palm faces; onto the skin where nothing is said."""
    elbow: Vector = (0.8, -0.4, -0.5)
    """Where the elbow points, as the chest carries it."""
    touch: str = "palm"
    """What of the hand comes to the place: `palm`, `fingers`, `back` or `wrist`."""
    gap_mm: float = 3.0
    """Between skin and skin."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: where it is, the shape of its hand, and its name."""

    way: Hang | Reach
    zone: str
    """What it competes for: `low`, `hip`, `across`, `chest`, `head`, `air` or `ground`."""
    hand: str
    en: str
    """`{side}` is left or right, `{other}` the other one."""
    fr: str
    """`{side}` is gauche or droit, `{sidef}` gauche or droite, and so for the other."""
    both_en: str = ""
    both_fr: str = ""
    leaning: str = ""
    """`feminine` or `masculine` where it is a convention of one kind of photograph."""
    tag: str = ""
