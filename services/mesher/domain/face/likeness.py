"""Bodies that look like somebody: the head gets the face's shape, the skin its picture, the eyes their colour."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace

from bodymodel.template import Template
from services.mesher.domain import paint
from services.mesher.domain.body import Body
from services.mesher.domain.face.complexion import Complexion
from services.mesher.domain.face.model import PersonFace
from services.mesher.domain.face.mould import Mould
from services.mesher.domain.finish import linear_rgb
from services.mesher.domain.model import Appearance, Part

_WHITE = (1.0, 1.0, 1.0)
_LICENCE = "LicenseRef-Person"
_SOURCE = "the face after photos of a person, whose likeness it is"


class Likeness:
    """Puts faces on bodies."""

    def __init__(self, template: Template, mould: Mould, plain: paint.Texture) -> None:
        """`plain` is the picture that multiplies the skin of bodies without a person's face."""
        self._mould = mould
        # Made for the first face: two seconds, and 60 MB that nobody needs who has none.
        self._complexion = functools.cache(lambda: Complexion(template, mould.topology, mould.cover, plain))

    def shaped(self, body: Body, face: PersonFace) -> Body:
        """The body with the face's shape; no tape reads anything else on it."""
        return replace(body, vertices=self._mould.fit(body.vertices, face.worn.points))

    def painted(self, parts: Sequence[Part], face: PersonFace, appearance: Appearance) -> list[Part]:
        """The parts of a body with the face's picture in the skin's, and its eyes in their colour."""
        return [self._painted(part, face, appearance) for part in parts]

    def _painted(self, part: Part, face: PersonFace, appearance: Appearance) -> Part:
        if part.name == "body":
            picture = self._complexion().paint(face, appearance.skin_color)
            material = replace(part.material, color=_WHITE, texture=picture)
            licence, source = f"{part.licence} AND {_LICENCE}", f"{part.source}; {_SOURCE}"
            return replace(part, material=material, licence=licence, source=source)
        if part.name == "eyes" and face.worn.eye_color:
            return replace(part, material=replace(part.material, texture=_eye(face.worn.eye_color)))
        return part


@functools.lru_cache(maxsize=64)
def _eye(code: str) -> paint.Texture:
    return paint.eye(linear_rgb(code))
