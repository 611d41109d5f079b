"""The realistic style: one lamp with soft shadows, the studio around, and each substance as light takes it."""

from __future__ import annotations

import moderngl
import numpy as np

from services.mesher.adapters.drawing import light
from services.mesher.adapters.drawing.crevices import Crevices
from services.mesher.adapters.drawing.geometry import Drawn, Geometry
from services.mesher.adapters.drawing.lamp import Lamp
from services.mesher.adapters.drawing.matrices import packed
from services.mesher.adapters.drawing.programs import Programs, Value, tell
from services.mesher.adapters.drawing.sight import Sight
from services.mesher.adapters.drawing.textures import Textures
from services.mesher.domain import paint
from services.mesher.domain.stage import Prop, Substance

_FUZZ = {Substance.CLOTH: 1.0, Substance.SEAT: 0.25}
_HAIR_LAYERS = ((0.0, 0.0), (0.0016, 0.45), (0.0034, 0.8))
"""Metres over the hair's surface, and how far only stray strands reach there."""
_SHADER = {
    Substance.SKIN: "skin.frag.glsl",
    Substance.EYE: "eye.frag.glsl",
    Substance.LASH: "lash.frag.glsl",
    Substance.TOOTH: "mouth.frag.glsl",
    Substance.TONGUE: "mouth.frag.glsl",
    Substance.HAIR: "hair.frag.glsl",
    Substance.CLOTH: "cloth.frag.glsl",
    Substance.SEAT: "cloth.frag.glsl",
}
_ROUGHNESS = {Substance.TOOTH: 0.22, Substance.TONGUE: 0.4, Substance.CLOTH: 0.75, Substance.SEAT: 0.6}


class Realistic:
    """Draws in this style; belongs to one context."""

    def __init__(self, context: moderngl.Context, programs: Programs, textures: Textures) -> None:
        self._context = context
        self._programs = programs
        self._textures = textures
        self._lamp = Lamp(context, programs)
        self._crevices = Crevices(context, programs)

    def draw(self, geometry: Geometry, sight: Sight, target: moderngl.Framebuffer) -> None:
        """Into the target, premultiplied: the figure, then the shadows on the floor."""
        rig = light.rig(sight.azimuth)
        to_light = self._lamp.shine(geometry, rig.lamp)
        hollows = self._crevices.find(geometry, sight)
        common: dict[str, Value] = {
            "view_projection": packed(sight.view_projection),
            "to_light": packed(to_light),
            "eye": tuple(sight.eye),
            "lamp": tuple(rig.lamp),
            "lamp_light": tuple(light.LAMP_LIGHT),
            "even_light": tuple(light.EVEN_LIGHT),
            "lobes": rig.lobes.astype("<f4").tobytes(),
            "lobe_light": rig.lobe_light.astype("<f4").tobytes(),
            "harmonics": rig.harmonics.astype("<f4").tobytes(),
            "lamp_reach": 2.0 * geometry.radius,
            "crevice_step": (1.0 / sight.size, 1.0 / sight.size),
            "lamp_depth": 7,
            "lamp_depth_plain": 8,
            "crevices": 2,
            "picture": 3,
            "grain_map": 4,
            "strand_map": 5,
            "weave_map": 6,
        }
        self._lamp.use(7, 8)
        hollows.use(2)
        self._textures.grain.use(4)
        self._textures.strands.use(5)
        self._textures.weave.use(6)
        target.use()
        self._context.enable_only(moderngl.DEPTH_TEST)
        for drawn in geometry.drawn:
            self._surface(geometry, drawn, common, rig)
        self._floor(geometry, common)

    def _surface(self, geometry: Geometry, drawn: Drawn, common: dict[str, Value], rig: light.Rig) -> None:
        prop = drawn.prop
        program = self._programs.get("surface.vert.glsl", _SHADER[prop.substance])
        self._textures.worn(prop.texture).use(3)
        tell(program, **common, **_own(prop, rig), lift=0.0)
        bound = geometry.bound(self._context, program)
        layers = _HAIR_LAYERS if prop.substance is Substance.HAIR else ((0.0, 0.0),)
        for lift, layer in layers:
            tell(program, lift=lift, layer=layer)
            bound.render(vertices=drawn.count, first=drawn.first)

    def _floor(self, geometry: Geometry, common: dict[str, Value]) -> None:
        program = self._programs.get("surface.vert.glsl", "floor.frag.glsl")
        tell(program, **common, lift=0.0, middle=geometry.middle, fades_at=geometry.floor_reach)
        self._context.enable_only(moderngl.DEPTH_TEST | moderngl.BLEND)
        self._context.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        geometry.bound(self._context, program).render(
            vertices=geometry.floor_count, first=geometry.solid_count
        )


def _own(prop: Prop, rig: light.Rig) -> dict[str, Value]:
    """Uniforms of one surface."""
    own: dict[str, Value] = {
        "color": prop.color,
        "roughness": _ROUGHNESS.get(prop.substance, 0.5),
        "fuzz": _FUZZ.get(prop.substance, 0.0),
    }
    if prop.substance is Substance.SKIN:
        own["skin_tone"] = prop.tone or prop.color
    if prop.substance is Substance.EYE:
        right = np.cross([0.0, 1.0, 0.0], rig.lamp)
        right /= np.linalg.norm(right)
        own |= {
            "reach": paint.EYE_REACH,
            "window_right": tuple(right),
            "window_up": tuple(np.cross(rig.lamp, right)),
        }
    return own
