"""From a body to the parts of a file: skin, eyes, mouth, clothes from the skin outwards, hair."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np

from services.mesher.domain import cutting, fringe, hair, lod, skin
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.garment import Tailor
from services.mesher.domain.model import Appearance, Garment, HairPattern, Part, Pattern
from services.mesher.domain.morphs import Bound
from services.mesher.domain.obstacle import Layer
from services.mesher.domain.ports import Unwatched, Watch
from services.mesher.domain.suit import Suit
from services.mesher.domain.surface import IntArray

_NOBODY = Unwatched()
# Skirts and trousers lie under tops and dresses: everything is worn untucked.
_BELOW = (Pattern.SKIRT, Pattern.TROUSERS)


class Outfitter:
    """Dresses bodies. What depends on the template alone is made here, what depends on a cut when it is first worn."""

    def __init__(self, model: BodyModel, kept_cuts: int, watch: Watch = _NOBODY) -> None:
        template = model.template
        mean = model.stand(np.zeros(model.space.size))
        self._reference = cutting.Reference.of(template, mean.vertices, mean.skeleton, mean.levels)
        self._suit = Suit.of(template)
        self._tailor = Tailor(template, self._suit, self._reference, kept_cuts, watch)
        self._skin = skin.Skin.of(template, mean.vertices)
        self._fittings = (
            skin.eyes(template, mean.vertices),
            skin.lashes(template, mean.vertices),
            skin.teeth(template, mean.vertices),
            skin.tongue(template, mean.vertices),
        )
        self._fringes = (fringe.lashes(template, mean.vertices), fringe.brows(template, mean.vertices))
        self.bound: Mapping[str, Bound] = {
            "body": self._skin.bound(template),
            **{each.name: each.bound() for each in (*self._fittings, *self._fringes)},
        }
        """The meshes that follow the template, by the names of their parts."""
        # Made on the mean body, so that every avatar has the same triangles at a level.
        self._skin_at = functools.cache(
            lambda level: lod.coarse_skin(self._skin, mean.vertices, model.face, level)
        )
        self._fittings_at = functools.cache(
            lambda level: [lod.coarse_fitting(fitting, mean.vertices, level) for fitting in self._fittings]
        )
        self.skin_picture = self._skin.texture
        """What multiplies the skin's colour on everybody."""
        self._touchable = skin.Touchable.of(template)
        self._comb = functools.cache(
            lambda pattern: hair.comb(pattern, template, mean.vertices, mean.skeleton)
        )

    def bare(self, body: Body, appearance: Appearance, level: int = 0) -> list[Part]:
        """The whole body with its eyes and mouth, nothing left out, at a level of detail."""
        normals = self._skin.normals(body.vertices)
        nothing = np.zeros(0, np.int64)
        own = self._skin_at(level).part(body.vertices, normals, nothing, appearance.skin_color, sunk=0.0)
        return [own, *self._small(body, level)]

    def dress(
        self,
        body: Body,
        appearance: Appearance,
        garments: Sequence[Garment],
        level: int = 0,
        *,
        every_strand: bool = False,
    ) -> list[Part]:
        """Body, eyes, mouth, clothes and hair at a level of detail; skin well under cloth is left out.

        `every_strand` leaves hair as fine as it is, for those who look at its strands.
        """
        normals = self._skin.normals(body.vertices)
        layers = [self._skin.layer(body.vertices, normals, self._touchable)]
        clothes, hidden = self._clothe(body, garments, layers)
        own = self._skin_at(level).part(
            body.vertices, normals, hidden, appearance.skin_color, lod.SUNK_M[level]
        )
        worn = [lod.coarse(part, level) for part in clothes]
        hairdo = self._hair(body, appearance, layers)
        worn += hairdo if every_strand else [lod.coarse(part, level) for part in hairdo]
        return [own, *self._small(body, level), *worn]

    def fringed(self, parts: Sequence[Part], body: Body, hair_color: str, *, brows: bool) -> list[Part]:
        """Dressed parts for a picture: lashes hair by hair, and brows where the skin's picture holds nobody's own."""
        colors = {fringe.LASHES: fringe.LASH_COLOR, fringe.BROWS: fringe.brow_color(hair_color)}
        worn = self._fringes if brows else self._fringes[:1]
        kept = [part for part in parts if part.name != "lashes"]
        return [*kept, *(each.part(body.vertices, colors[each.name]) for each in worn)]

    def _clothe(
        self, body: Body, garments: Sequence[Garment], layers: list[Layer]
    ) -> tuple[list[Part], IntArray]:
        """Garments from the skin outwards, and the template vertices well under them; adds to the layers."""
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
        return clothes, np.concatenate(hidden)

    def _small(self, body: Body, level: int) -> list[Part]:
        return [fitting.part(body.vertices) for fitting in self._fittings_at(level)]

    def _hair(self, body: Body, appearance: Appearance, layers: list[Layer]) -> list[Part]:
        if appearance.hair is HairPattern.NONE:
            return []
        return [hair.wear(self._comb(appearance.hair), body, appearance.hair_color, layers)]
