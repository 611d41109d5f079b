"""From an order to a dressed avatar in its rest pose: what files and pictures of a person both begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bodymodel.correct import Correction
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.face.likeness import Likeness
from services.mesher.domain.face.model import PersonFace
from services.mesher.domain.model import Appearance, BodyOrder, Garment, Rig, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.ports import Watch


@dataclass(frozen=True, eq=False, slots=True)
class Dressed:
    """An avatar in A pose."""

    body: Body
    correction: Correction
    """How its body was closed on the tape."""
    scene: Scene


class Dresser:
    """Makes bodies of points, gives them their faces, and dresses them."""

    def __init__(self, model: BodyModel, outfitter: Outfitter, likeness: Likeness, watch: Watch) -> None:
        self._model = model
        self._outfitter = outfitter
        self._likeness = likeness
        self._watch = watch

    def dress(
        self,
        order: BodyOrder,
        appearance: Appearance,
        garments: Sequence[Garment],
        face: PersonFace | None,
        *,
        whole_body: bool = False,
        lod: int = 0,
        for_picture: bool = False,
    ) -> Dressed:
        """The avatar; `whole_body` leaves clothes and hair away, `for_picture` adds what files lack. Raise PointsNotABody."""
        correction = self._model.solve(order.points, order.targets_mm)
        self._watch.corrected(correction)
        body = self._model.stand(correction.coefficients)
        body = self._likeness.shaped(body, face) if face else body
        parts = (
            self._outfitter.bare(body, appearance, lod)
            if whole_body
            else self._outfitter.dress(body, appearance, garments, lod, every_strand=for_picture)
        )
        parts = self._likeness.painted(parts, face, appearance) if face else parts
        if for_picture:
            parts = self._outfitter.fringed(parts, body, appearance.hair_color, brows=face is None)
        rig = Rig(self._model.template.bones, self._model.template.parents.tolist(), body.heads)
        return Dressed(body, correction, Scene(parts, rig, {"modelVersion": order.model_version}))
