"""People to draw for the benchmark and the sheets: dressed, at ease, in A pose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anthropometry.measurements import NAMES as MEASURED
from anthropometry.population import Population
from bodymodel.correct import correct
from services.mesher.domain import features
from services.mesher.domain.body import BodyModel
from services.mesher.domain.dresser import Dressed
from services.mesher.domain.model import Appearance, Cut, Garment, Girths, HairPattern, Pattern, Rig, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.variants import Variants

MODELS = Path(__file__).resolve().parents[1] / "models"


def garment(pattern: Pattern, name: str, color: str, **cut: float) -> Garment:
    """A garment that fits closely where nothing else is said."""
    plain = {"sleeve": 0.0, "hem": 0.5, "neckline": 0.2, "flare": 0.0, "thickness": 0.003}
    return Garment(name, Cut(pattern, **(plain | cut)), Girths(), color, "CC0-1.0")


DRESS = garment(Pattern.DRESS, "dress", "#7a2440", sleeve=0.25, neckline=0.35, flare=0.35)
SHIRT = garment(Pattern.TOP, "shirt", "#e8e6e0", sleeve=0.3, hem=0.15)
KNIT = garment(Pattern.TOP, "knit", "#5f7f78", sleeve=0.95, hem=0.15, thickness=0.006)
TROUSERS = garment(Pattern.TROUSERS, "trousers", "#3a4a63", hem=0.97, thickness=0.004)


@dataclass(frozen=True)
class Look:
    """Somebody: a body type, how far its measurements are from the median, and what is worn."""

    body_type: str
    share: float
    appearance: Appearance
    garments: Sequence[Garment]


LOOKS: Mapping[str, Look] = {
    "Ada": Look("feminine", 1.0, Appearance("#e3b596", HairPattern.LONG, "#6b3f22"), [DRESS]),
    "Ben": Look("masculine", 1.0, Appearance("#7a4a2e", HairPattern.CROP, "#15100d"), [SHIRT, TROUSERS]),
    "Cleo": Look("feminine", 1.14, Appearance("#b98259", HairPattern.BOB, "#1f1713"), [KNIT, TROUSERS]),
}


class Cast:
    """Makes these people."""

    def __init__(self) -> None:
        self.model = BodyModel.load(MODELS)
        self.outfitter = Outfitter(self.model, kept_cuts=8)
        self.variants = Variants(self.model, self.outfitter)
        self._population = Population.load(MODELS)

    def dressed(self, look: Look) -> Dressed:
        """One of them, as pictures show people."""
        model = self.model
        targets = self._population.estimate({}, look.body_type).values_mm
        girths = np.array(["girth" in name for name in MEASURED])
        targets = np.where(girths, targets * look.share, targets)
        correction = correct(model.shape_tape, model.guard, np.zeros(model.space.size), targets)
        body = model.stand(correction.coefficients)
        parts = self.outfitter.fringed(
            self.outfitter.dress(body, look.appearance, look.garments),
            body,
            look.appearance.hair_color,
            brows=True,
        )
        rig = Rig(model.template.bones, model.template.parents.tolist(), body.heads)
        scene = self.variants.faced(Scene(parts, rig, {}), body, features.AT_EASE)
        return Dressed(body, correction, scene)
