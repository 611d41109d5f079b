"""Where the head turns, as the chest carries it. Positive turns and leans go to the left; `{side}` is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """Degrees, shared by neck and head."""

    pitch: float
    """Down."""
    turn: float
    """To the left."""
    lean: float
    """To the right."""
    en: str = ""
    fr: str = ""


LOOKS: Mapping[str, Look] = {
    "ahead": Look(2, 6, 3),
    "ahead leaning": Look(0, -8, -5),
    "left": Look(0, 36, 4, "looking to the {side}", "regard vers la {sidef}"),
    "right": Look(0, -36, -4, "looking to the {other}", "regard vers la {otherf}"),
    "over left": Look(4, 62, -4, "looking over the {side} shoulder", "regard par-dessus l'épaule {sidef}"),
    "over right": Look(4, -62, 4, "looking over the {other} shoulder", "regard par-dessus l'épaule {otherf}"),
    "down": Look(26, 6, 3, "eyes lowered", "yeux baissés"),
    "down left": Look(24, 34, 5, "looking down to the {side}", "regard baissé vers la {sidef}"),
    "down right": Look(24, -34, -5, "looking down to the {other}", "regard baissé vers la {otherf}"),
    "up": Look(-22, 8, 4, "chin raised", "menton levé"),
    "up left": Look(-20, 32, 6, "looking up to the {side}", "regard levé vers la {sidef}"),
    "up right": Look(-20, -32, -6, "looking up to the {other}", "regard levé vers la {otherf}"),
    "tilt left": Look(3, 10, -17, "head tilted to the {side}", "tête inclinée vers la {sidef}"),
    "tilt right": Look(3, -10, 17, "head tilted to the {other}", "tête inclinée vers la {otherf}"),
}
