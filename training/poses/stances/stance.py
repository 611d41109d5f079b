"""What a stance is made of: hips, legs and trunk. Each is written once, for one side; its mirror comes for nothing."""

from __future__ import annotations

from dataclasses import dataclass

from bodypose.skeleton import Support

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Step:
    """A foot on the floor, or above it. Metres and degrees."""

    x: float
    """Of the ball of the foot, to the left."""
    z: float
    """Of the ball of the foot, to the front."""
    yaw: float = 0.0
    """Toes to the left."""
    heel: float = 0.0
    """How far the sole is turned up about the ball; the toes stay flat."""
    knee: float = 0.0
    """How far the knee points to the left of between hips and toes."""
    lift: float = 0.0
    """Height of the ball above where it is on the floor; toes are no longer flat."""


@dataclass(frozen=True, slots=True)
class Bent:
    """A leg by its angles: degrees as `bodypose.joints` counts them."""

    hip: Vector
    knee: float
    ankle: float = 0.0
    shin: float = 0.0
    """Rotation of the bent knee."""
    toes: float = 0.0


Leg = Step | Bent


@dataclass(frozen=True, slots=True)
class Stance:
    """Hips, legs and trunk. For the left side: `{side}` in its names is left."""

    en: str
    fr: str
    category: str
    left: Leg
    right: Leg
    weight: float = 0.5
    """Share of the weight on the left foot."""
    pitch: float = 0.0
    """Of the hips: forward."""
    turn: float = 0.0
    """Of the hips: to the left."""
    roll: float = 0.0
    """Of the hips: the left one up."""
    drop: float = 0.0
    """Metres that the hips are below where the legs are as long as they like to be."""
    chest: Vector = (0.0, 0.0, 0.0)
    """Of the trunk on the hips: forward, to the right, turned to the left."""
    support: Support = Support.FEET
    zones: frozenset[str] = frozenset({"low", "hip", "across", "chest", "head", "air"})
    """What arms may do in it."""
    leaning: str = ""
    tags: tuple[str, ...] = ()
    motion: bool = False
    """Arms swing against the legs."""
