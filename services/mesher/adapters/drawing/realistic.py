"""The realistic style: one lamp with soft shadows, the studio around, and each substance as light takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import moderngl

from services.mesher.adapters.drawing.crevices import Crevices
from services.mesher.adapters.drawing.geometry import Drawn, Geometry
from services.mesher.adapters.drawing.programs import Programs, Value
from services.mesher.adapters.drawing.sight import Sight
from services.mesher.adapters.drawing.studio import Shot, Studio
from services.mesher.domain.stage import Prop, Substance

_VERTEX = "surface.vert.glsl"
_FUZZ = {Substance.CLOTH: 1.0, Substance.SEAT: 0.25}
_FRAGMENT = {
    Substance.SKIN: "skin.frag.glsl",
    Substance.EYE: "eye.frag.glsl",
    Substance.LASH: "lash.frag.glsl",
    Substance.TOOTH: "mouth.frag.glsl",
    Substance.TONGUE: "mouth.frag.glsl",
    Substance.CLOTH: "cloth.frag.glsl",
    Substance.SEAT: "cloth.frag.glsl",
}
_ROUGHNESS = {Substance.TOOTH: 0.22, Substance.TONGUE: 0.4, Substance.CLOTH: 0.75, Substance.SEAT: 0.6}
_FLOOR_EDGE = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One time that hair is drawn."""

    fragment: str
    culled: str
    """The side that is left out."""
    lift: float = 0.0
    """Metres over its surface."""
    stray: float = 0.0
    """How far only stray strands reach there."""


_OUTSIDE = (_Layer("hair.frag.glsl", "back"), _Layer("hair.frag.glsl", "back", lift=0.0015, stray=0.5))
_INSIDE = (_Layer("hair_inside.frag.glsl", "front"),)


class Realistic:
    """Draws in this style; belongs to one context."""

    def __init__(self, studio: Studio, programs: Programs) -> None:
        self._context = studio.context
        self._studio = studio
        self._crevices = Crevices(studio.context, programs)

    def draw(self, geometry: Geometry, sight: Sight, target: moderngl.Framebuffer, *, fine: bool) -> None:
        """Into the target, premultiplied: the figure, then the shadows on the floor.

        Without `fine` small hollows and stray strands are left out, which in a small picture would be specks.
        """
        hollows = self._crevices.find(geometry, sight) if fine else None
        shot = self._studio.lit(geometry, sight, hollows)
        target.use()
        # What is hidden is not shaded, so what hides most comes first: the outside of hair, and its inside last.
        hair = [drawn for drawn in geometry.drawn if drawn.prop.substance is Substance.HAIR]
        for drawn in hair:
            self._hair(shot, drawn, _OUTSIDE if fine else _OUTSIDE[:1])
        for drawn in geometry.drawn:
            if drawn.prop.substance is not Substance.HAIR:
                bound = self._ready(shot, drawn)
                self._studio.outsides(drawn.prop)
                bound.render(vertices=drawn.count, first=drawn.first)
        for drawn in hair:
            self._hair(shot, drawn, _INSIDE)
        self._studio.floor(shot, _FLOOR_EDGE)

    def _ready(self, shot: Shot, drawn: Drawn) -> moderngl.VertexArray:
        fragment = _FRAGMENT[drawn.prop.substance]
        return self._studio.ready(shot, drawn, _VERTEX, fragment, **_own(drawn.prop), lift=0.0)

    def _hair(self, shot: Shot, drawn: Drawn, layers: Sequence[_Layer]) -> None:
        self._context.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        for layer in layers:
            told = {**_own(drawn.prop), "lift": layer.lift, "layer": layer.stray}
            bound = self._studio.ready(shot, drawn, _VERTEX, layer.fragment, **told)
            self._context.cull_face = layer.culled
            bound.render(vertices=drawn.count, first=drawn.first)


def _own(prop: Prop) -> dict[str, Value]:
    """What the shader of one surface is told."""
    return {
        "roughness": _ROUGHNESS.get(prop.substance, 0.5),
        "fuzz": _FUZZ.get(prop.substance, 0.0),
        "skin_tone": prop.tone or prop.color,
    }
