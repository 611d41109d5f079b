"""Drawn styles: a few flat tones with calm edges, and lines of ink around everything and where things meet."""

from __future__ import annotations

from dataclasses import dataclass

import moderngl
import numpy as np

from services.mesher.adapters.drawing import screen, sketch
from services.mesher.adapters.drawing.geometry import Geometry
from services.mesher.adapters.drawing.programs import Programs, Value
from services.mesher.adapters.drawing.sight import Sight
from services.mesher.adapters.drawing.sketch import Sketch, Sketcher
from services.mesher.adapters.drawing.studio import Shot, Studio
from services.mesher.domain import palette
from services.mesher.domain.palette import Shading
from services.mesher.domain.stage import Prop, Rgb, Style, Substance

_FRAGMENT = {
    Substance.EYE: "toon_eye.frag.glsl",
    Substance.HAIR: "toon_hair.frag.glsl",
}
_INKED = {Substance.SKIN, Substance.HAIR, Substance.CLOTH, Substance.SEAT}
_LINE_OF = 1024.0
"""Pixels of the picture that widths of lines are told of."""
_BEGINS = 0.02
"""Of the way along strands."""
_TONES = 9
"""Texture unit of the evened brightness; the studio has those before."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What tells drawn styles apart."""

    line: float
    """Width of the ink in pixels, of 1024 a side."""
    inner: Rgb
    """What ink within an outline multiplies the colour by, as it is encoded."""
    creases: float
    """How soon a bend of a surface is a line, beside 1."""
    shading: Shading
    calm: float
    """Over how many pixels, of 1024 a side, light is evened before it is cut into tones."""
    rim: float
    """How much lighter an edge is that faces the lamp."""
    shining: float
    """How much of the band of light hair has."""
    anime: float
    """1 where eyes are drawn large and shining."""


MANNERS = {
    Style.CARTOON: Manner(
        line=3.0,
        inner=(0.34, 0.28, 0.32),
        creases=1.0,
        shading=Shading(vivid=1.22, depth=0.19, lean=0.030, ink=0.34),
        calm=12.0,
        rim=0.5,
        shining=0.55,
        anime=0.0,
    ),
    Style.ANIME: Manner(
        line=2.0,
        inner=(0.50, 0.36, 0.42),
        creases=0.52,
        shading=Shading(vivid=1.12, depth=0.12, lean=0.035, ink=0.42),
        calm=16.0,
        rim=0.3,
        shining=0.85,
        anime=1.0,
    ),
}


class Toon:
    """Draws in these styles; belongs to one context."""

    def __init__(self, studio: Studio, programs: Programs) -> None:
        self._context = studio.context
        self._studio = studio
        self._programs = programs
        self._sketcher = Sketcher(studio, programs)

    def draw(self, geometry: Geometry, sight: Sight, target: moderngl.Framebuffer, manner: Manner) -> None:
        """Into the target, premultiplied: tones, then ink, then the shadow on the floor."""
        shot = self._studio.lit(geometry, sight)
        found = self._sketcher.sketch(shot, manner.calm)
        target.use()
        found.tones.use(_TONES)
        skin = next((drawn.prop for drawn in geometry.drawn if drawn.prop.substance is Substance.SKIN), None)
        for drawn in sketch.hiding_first(geometry.drawn):
            self._studio.outsides(drawn.prop)
            if drawn.prop.substance is Substance.LASH:
                ink = palette.brows(drawn.prop.color, _tone(skin or drawn.prop), manner.shading)
                bound = self._studio.ready(shot, drawn, "stroke.vert.glsl", "ink.frag.glsl", ink=ink)
            else:
                fragment = _FRAGMENT.get(drawn.prop.substance, "toon.frag.glsl")
                own = _own(drawn.prop, manner)
                bound = self._studio.ready(shot, drawn, "surface.vert.glsl", fragment, **own)
            bound.render(vertices=drawn.count, first=drawn.first)
        self._outlines(shot, manner)
        self._lines(shot, found, target, manner)
        self._studio.floor(shot, (0.16, 0.24))

    def _outlines(self, shot: Shot, manner: Manner) -> None:
        """Every surface inside out and a little larger, seen where it reaches over its own edge."""
        self._context.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._context.cull_face = "front"
        for drawn in shot.geometry.drawn:
            if drawn.prop.substance in _INKED:
                ink = palette.ink(_tone(drawn.prop), drawn.prop.substance, manner.shading)
                bound = self._studio.ready(
                    shot, drawn, "ink.vert.glsl", "ink.frag.glsl", width=manner.line / _LINE_OF, ink=ink
                )
                bound.render(vertices=drawn.count, first=drawn.first)

    def _lines(self, shot: Shot, found: Sketch, target: moderngl.Framebuffer, manner: Manner) -> None:
        """Ink within outlines: it darkens what is there."""
        size = shot.sight.size
        lines = screen.passed(
            self._programs,
            "lines.frag.glsl",
            found.form,
            size,
            channels=1,
            dtype="f1",
            radius=max(0.5 * manner.line * size / _LINE_OF, 0.75),
            pixel=2.0 / (size * float(shot.sight.projection[0, 0])),
            creases=manner.creases,
        )
        target.use()
        self._context.enable_only(moderngl.BLEND)
        self._context.blend_func = moderngl.ZERO, moderngl.SRC_COLOR
        screen.over(self._programs, "inked.frag.glsl", lines, ink=manner.inner)


def _tone(prop: Prop) -> Rgb:
    return prop.tone or prop.color


def _own(prop: Prop, manner: Manner) -> dict[str, Value]:
    """What the shader of one surface is told."""
    shading, substance, tone = manner.shading, prop.substance, _tone(prop)
    tones = palette.tones(tone, substance, shading)
    own: dict[str, Value] = {
        "tones": _TONES,
        "lift": 0.0,
        "lit_tone": tones.light,
        "shadow_tone": tones.shadow,
        "anime": manner.anime,
        "rim": manner.rim * palette.darkness(tone),
        "shining": manner.shining,
        **sketch.lips(prop),
    }
    if substance is Substance.SKIN:
        own["lips"] = palette.lips(tone, shading)
    if substance is Substance.HAIR:
        own |= {"shine": palette.shine(tone, shading)} | _crown(prop)
    return own


def _crown(hair: Prop) -> dict[str, Value]:
    """Where the top of the head is, where strands begin, and which way it faces."""
    if hair.grain is None:
        return {}
    begins = hair.grain[:, 3] < _BEGINS
    facing = hair.normals[begins].mean(axis=0, dtype=np.float64)
    middle = hair.positions[begins].mean(axis=0, dtype=np.float64)
    return {"crown": tuple(facing / np.linalg.norm(facing)), "crown_at": tuple(middle)}
