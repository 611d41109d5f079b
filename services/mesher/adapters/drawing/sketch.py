"""The sketch under a drawing: what faces where, how far it is, whose it is, and how bright, evened into calm shapes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import moderngl
import numpy as np

from services.mesher.adapters.drawing import screen
from services.mesher.adapters.drawing.geometry import Drawn
from services.mesher.adapters.drawing.programs import Programs, Value
from services.mesher.adapters.drawing.studio import Shot, Studio
from services.mesher.domain.stage import Prop, Substance

_WHOLE = 1024.0
"""Pixels of the picture that lengths are told of."""
_NOBODY = 1000.0
"""Metres."""
_HIDING = {Substance.CLOTH: 0, Substance.HAIR: 1, Substance.SKIN: 2}
_LOOKS_APART = 0.33
"""Looks of `soften.frag.glsl` lie this much of what is evened over apart."""


@dataclass(frozen=True, eq=False, slots=True)
class Sketch:
    """Textures of one picture."""

    form: moderngl.Texture
    """Which way a place faces, across and up; its distance; its owner, 0 for nobody."""
    tones: moderngl.Texture
    """Half as large: brightness and distance."""


class Sketcher:
    """Makes them; belongs to one context."""

    def __init__(self, studio: Studio, programs: Programs) -> None:
        self._context = studio.context
        self._studio = studio
        self._programs = programs

    def sketch(self, shot: Shot, calm: float) -> Sketch:
        """Of a lit stage; `calm` is over how many pixels of 1024 brightness is evened."""
        side = shot.sight.size
        form = self._context.texture((side, side), 4, dtype="f4")
        bright = self._context.texture((side, side), 2, dtype="f4")
        for made in (form, bright):
            made.repeat_x = made.repeat_y = False
        target = self._context.framebuffer([form, bright], self._context.depth_renderbuffer((side, side)))
        # Where nobody is, it is farther than anybody: that has no line, as there is an outline already.
        target.clear(blue=_NOBODY)
        self._context.framebuffer([bright]).clear(green=_NOBODY)
        target.use()
        camera = np.linalg.inv(shot.sight.projection) @ shot.sight.view_projection
        for number, drawn in enumerate(hiding_first(shot.geometry.drawn), start=1):
            if drawn.prop.substance is Substance.LASH:
                continue
            hair = drawn.prop.substance is Substance.HAIR
            self._studio.outsides(drawn.prop)
            bound = self._studio.ready(
                shot,
                drawn,
                "surface.vert.glsl",
                "sketch_hair.frag.glsl" if hair else "sketch.frag.glsl",
                lift=0.0,
                across=tuple(camera[0, :3]),
                upward=tuple(camera[1, :3]),
                owner=float(-number if hair else number),
                **lips(drawn.prop),
            )
            bound.render(vertices=drawn.count, first=drawn.first)
        step = _LOOKS_APART * calm / _WHOLE
        half = max(side // 2, 64)
        once = screen.passed(self._programs, "soften.frag.glsl", bright, half, dtype="f4", way=(step, 0.0))
        return Sketch(
            form, screen.passed(self._programs, "soften.frag.glsl", once, half, dtype="f4", way=(0.0, step))
        )


def hiding_first(drawn: Iterable[Drawn]) -> list[Drawn]:
    """Surfaces in the order to draw them: what is hidden is not shaded, so what hides most comes first."""
    return sorted(drawn, key=lambda each: _HIDING.get(each.prop.substance, len(_HIDING)))


def lips(prop: Prop) -> dict[str, Value]:
    """What shaders find lips by: who wears a picture of their own has them on it, and needs none painted."""
    tone = prop.tone or prop.color
    painted = prop.substance is Substance.SKIN and tone == prop.color
    return {"made_up": float(painted), "skin_tone": tone}
