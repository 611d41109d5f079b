"""Drawn styles: a few flat tones with clear edges, and lines of ink of one width around everything."""

from __future__ import annotations

from dataclasses import dataclass

import moderngl

from services.mesher.adapters.drawing.geometry import Geometry
from services.mesher.adapters.drawing.programs import Value
from services.mesher.adapters.drawing.sight import Sight
from services.mesher.adapters.drawing.studio import Shot, Studio
from services.mesher.domain.stage import Style, Substance

_FRAGMENT = {Substance.EYE: "toon_eye.frag.glsl", Substance.HAIR: "toon_hair.frag.glsl"}
_INKED = {Substance.SKIN, Substance.HAIR, Substance.CLOTH, Substance.SEAT, Substance.LASH}
_LINE_OF = 1024.0
"""Pixels of the picture that widths of lines are told of."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What tells drawn styles apart."""

    line: float
    """Width of the ink in pixels, of 1024 a side."""
    ink: tuple[float, float, float]
    """How dark the ink is beside what it goes round, by colour."""
    shadow: tuple[float, float, float]
    """What the shadow's tone is beside the light's, by colour."""
    middle: float
    """How far the middle tone is from the light's to the shadow's; 0 for none."""
    vivid: float
    """How much more colour than in life."""
    anime: float
    """1 where eyes and hair are drawn large and shining."""


MANNERS = {
    Style.CARTOON: Manner(
        line=3.0, ink=(0.16, 0.13, 0.15), shadow=(0.50, 0.44, 0.50), middle=0.45, vivid=1.30, anime=0.0
    ),
    Style.ANIME: Manner(
        line=1.8, ink=(0.30, 0.20, 0.24), shadow=(0.74, 0.60, 0.68), middle=0.0, vivid=1.18, anime=1.0
    ),
}


class Toon:
    """Draws in these styles; belongs to one context."""

    def __init__(self, studio: Studio) -> None:
        self._context = studio.context
        self._studio = studio

    def draw(self, geometry: Geometry, sight: Sight, target: moderngl.Framebuffer, manner: Manner) -> None:
        """Into the target, premultiplied: tones, then ink, then the shadow on the floor."""
        shot = self._studio.lit(geometry, sight)
        own: dict[str, Value] = {
            "shadow_tone": manner.shadow,
            "middle": manner.middle,
            "vivid": manner.vivid,
            "anime": manner.anime,
            "lift": 0.0,
        }
        target.use()
        self._context.enable_only(moderngl.DEPTH_TEST)
        for drawn in geometry.drawn:
            fragment = _FRAGMENT.get(drawn.prop.substance, "toon.frag.glsl")
            plain = float(drawn.prop.substance is Substance.LASH)
            tone = drawn.prop.tone or drawn.prop.color
            bound = self._studio.ready(
                shot, drawn, "surface.vert.glsl", fragment, **own, plain=plain, skin_tone=tone
            )
            bound.render(vertices=drawn.count, first=drawn.first)
        self._ink(shot, manner)
        self._studio.floor(shot, (0.16, 0.24))

    def _ink(self, shot: Shot, manner: Manner) -> None:
        """Lines: every surface inside out and a little larger, seen where it reaches over its own edge."""
        self._context.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._context.cull_face = "front"
        width = manner.line / _LINE_OF
        for drawn in shot.geometry.drawn:
            if drawn.prop.substance in _INKED:
                tone = drawn.prop.tone or drawn.prop.color
                ink = tuple(share * part for share, part in zip(manner.ink, tone, strict=True))
                bound = self._studio.ready(
                    shot, drawn, "ink.vert.glsl", "ink.frag.glsl", width=width, ink=ink
                )
                bound.render(vertices=drawn.count, first=drawn.first)
