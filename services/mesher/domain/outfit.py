"""From a body to the parts of a file: skin, eyes, clothes from the skin outwards, hair."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from services.mesher.domain import cutting, hair, skin
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.garment import Tailor
from services.mesher.domain.model import Appearance, Garment, HairPattern, Part, Pattern
from services.mesher.domain.obstacle import Layer
from services.mesher.domain.suit import Suit
from services.mesher.domain.surface import IntArray

# Skirts and trousers lie under tops and dresses: everything is worn untucked.
_BELOW = (Pattern.SKIRT, Pattern.TROUSERS)


class Outfitter:
    """Dresses bodies. What depends on the template alone is made here, what depends on a cut when it is first worn."""

    def __init__(self, model: BodyModel, kept_cuts: int) -> None:
        template = model.template
        mean = model.stand(np.zeros(model.space.size))
        self._reference = cutting.Reference.of(template, mean.vertices, mean.skeleton, mean.levels)
        self._suit = Suit.of(template)
        self._tailor = Tailor(template, self._suit, self._reference, kept_cuts)
        self._skin = skin.Skin.of(template, mean.vertices)
        self._fittings = (skin.eyes(template, mean.vertices), skin.lashes(template, mean.vertices))
        self._touchable = skin.Touchable.of(template)
        self._comb = functools.cache(
            lambda pattern: hair.comb(pattern, template, mean.vertices, mean.skeleton)
        )

    def bare(self, body: Body, appearance: Appearance) -> list[Part]:
        """The whole body with its eyes, nothing left out."""
        normals = self._skin.normals(body.vertices)
        nothing = np.zeros(0, np.int64)
        return [self._skin.part(body.vertices, normals, nothing, appearance.skin_color), *self._small(body)]

    def dress(self, body: Body, appearance: Appearance, garments: Sequence[Garment]) -> list[Part]:
        """Body, eyes, clothes and hair; skin well under cloth is left out."""
        normals = self._skin.normals(body.vertices)
        layers = [self._skin.layer(body.vertices, normals, self._touchable)]
        taut = self._suit.taut(body.vertices, body.levels)
        clothes: list[Part] = []
        hidden: list[IntArray] = [np.zeros(0, np.int64)]
        worn = sorted(garments, key=lambda garment: garment.cut.pattern not in _BELOW)
        for index, garment in enumerate(worn):
            part, layer = self._tailor.fit(garment, body, taut, layers)
            above = tuple(other.cut for other in worn[index + 1 :])
            clothes.append(self._tailor.under(part, garment.cut, above))
            layers.append(layer)
            hidden.append(self._tailor.sew(garment.cut).piece.covered)
        own = self._skin.part(body.vertices, normals, np.concatenate(hidden), appearance.skin_color)
        return [own, *self._small(body), *clothes, *self._hair(body, appearance, layers)]

    def _small(self, body: Body) -> list[Part]:
        return [fitting.part(body.vertices) for fitting in self._fittings]

    def _hair(self, body: Body, appearance: Appearance, layers: list[Layer]) -> list[Part]:
        if appearance.hair is HairPattern.NONE:
            return []
        return [hair.wear(self._comb(appearance.hair), body, appearance.hair_color, layers)]
