"""Bodies of middling build in plain close clothes, on which poses are shown."""

from __future__ import annotations

import functools

import numpy as np

from anthropometry.population import Population
from bodymodel.correct import correct
from services.mesher.domain import features
from services.mesher.domain.body import BodyModel
from services.mesher.domain.dresser import Dressed
from services.mesher.domain.model import (
    Appearance,
    Cut,
    Garment,
    Girths,
    HairPattern,
    Pattern,
    Rig,
    Scene,
)
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.variants import Variants

_HAIR = {"feminine": HairPattern.BOB, "masculine": HairPattern.CROP, "neutral": HairPattern.CROP}
_SKIN, _HAIR_COLOR = "#c99c7e", "#3a2a20"
_LICENCE = "CC0-1.0"
_CLOTHES = (
    Garment(
        "leggings",
        Cut(Pattern.TROUSERS, sleeve=0.0, hem=0.93, neckline=0.0, flare=0.0, thickness=0.002),
        Girths(),
        "#4a5568",
        _LICENCE,
    ),
    Garment(
        "vest",
        Cut(Pattern.TOP, sleeve=0.12, hem=0.12, neckline=0.22, flare=0.0, thickness=0.002),
        Girths(),
        "#d9dde3",
        _LICENCE,
    ),
)


class Mannequins:
    """Makes each when it is first wanted, and keeps it."""

    def __init__(
        self, model: BodyModel, outfitter: Outfitter, variants: Variants, population: Population
    ) -> None:
        self._model = model
        self._outfitter = outfitter
        self._variants = variants
        self._population = population
        self.get = functools.cache(self.made)

    def made(self, body_type: str, weight_kg: float | None = None) -> Dressed:
        """The median of a body type, or of its people of that weight, dressed, in A pose."""
        targets = self._population.estimate({}, body_type, weight_kg).values_mm
        mean = np.zeros(self._model.space.size)
        correction = correct(self._model.shape_tape, self._model.guard, mean, targets)
        body = self._model.stand(correction.coefficients)
        look = Appearance(_SKIN, _HAIR[body_type], _HAIR_COLOR)
        parts = self._outfitter.fringed(
            self._outfitter.dress(body, look, _CLOTHES), body, look.hair_color, brows=True
        )
        rig = Rig(self._model.template.bones, self._model.template.parents.tolist(), body.heads)
        scene = self._variants.faced(Scene(parts, rig, {}), body, features.AT_EASE)
        return Dressed(body, correction, scene)
