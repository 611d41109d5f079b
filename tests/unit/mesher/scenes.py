"""Scenes for the writers: the mean body, dressed, as the services' own objects make it for a file's options."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from services.mesher.domain.body import BodyModel
from services.mesher.domain.delivery import prepared
from services.mesher.domain.face.likeness import Likeness
from services.mesher.domain.face.model import PersonFace
from services.mesher.domain.model import Appearance, FileOptions, Garment, HairPattern, Part, Rig, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.variants import Variants

APPEARANCE = Appearance("#d7a98c", HairPattern.BOB, "#3b2417")


@dataclass(frozen=True, eq=False)
class Worn:
    """Somebody's face."""

    likeness: Likeness
    face: PersonFace


class Studio:
    """One person in one outfit, for any options."""

    def __init__(
        self, model: BodyModel, outfitter: Outfitter, garments: Sequence[Garment], worn: Worn | None = None
    ) -> None:
        body = model.stand(np.zeros(model.space.size))
        self.body = worn.likeness.shaped(body, worn.face) if worn else body
        self._worn = worn
        self._model = model
        self._outfitter = outfitter
        self._garments = garments
        self._variants = Variants(model, outfitter)
        self._dressed = functools.cache(self._dress)

    @classmethod
    def opened(cls, models: Path, garments: Sequence[Garment]) -> Studio:
        """A studio of its own, with everything made anew."""
        model = BodyModel.load(models)
        return cls(model, Outfitter(model, kept_cuts=4), garments)

    def undelivered(self, options: FileOptions) -> Scene:
        """With face shapes and pose, before the last steps."""
        rig = Rig(self._model.template.bones, self._model.template.parents.tolist(), self.body.heads)
        dressed = Scene(self._dressed(options.lod), rig, {"modelVersion": "test"})
        return self._variants.make(dressed, self.body, options)

    def scene(self, options: FileOptions) -> Scene:
        """What a writer gets."""
        return prepared(self.undelivered(options), options)

    def _dress(self, level: int) -> list[Part]:
        parts = self._outfitter.dress(self.body, APPEARANCE, self._garments, level)
        return self._worn.likeness.painted(parts, self._worn.face, APPEARANCE) if self._worn else parts
