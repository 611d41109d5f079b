"""The realistic style: one lamp with soft shadows, the studio around, and each substance as light takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import moderngl

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


@dataclass(frozen=True, slots=True)
class _Layer:
    """One time that hair is drawn."""

    culled: str
    """The side that is left out."""
    lift: float = 0.0
    """Metres over its surface."""
    stray: float = 0.0
    """How far only stray strands reach there."""


_OUTSIDE = (_Layer("back"), _Layer("back", lift=0.0015, stray=0.5))
_INSIDE = (_Layer("front"),)


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
        # What is hidden is not shaded, so what hides most comes first: the outside of hair, and its inside last.
        hair = [drawn for drawn in geometry.drawn if drawn.prop.substance is Substance.HAIR]
        for drawn in hair:
            self._hair(geometry, drawn, common, rig, _OUTSIDE)
        for drawn in geometry.drawn:
            if drawn.prop.substance is not Substance.HAIR:
                self._ready(geometry, drawn, common, rig).render(vertices=drawn.count, first=drawn.first)
        for drawn in hair:
            self._hair(geometry, drawn, common, rig, _INSIDE)
        self._floor(geometry, common)

    def _ready(
        self, geometry: Geometry, drawn: Drawn, common: dict[str, Value], rig: light.Rig
    ) -> moderngl.VertexArray:
        """A surface with everything set to draw it."""
        program = self._programs.get("surface.vert.glsl", _SHADER[drawn.prop.substance])
        self._textures.worn(drawn.prop.texture).use(3)
        tell(program, **common, **_own(drawn.prop, rig), lift=0.0)
        return geometry.bound(self._context, program, geometry.triangles)

    def _hair(
        self,
        geometry: Geometry,
        drawn: Drawn,
        common: dict[str, Value],
        rig: light.Rig,
        layers: Sequence[_Layer],
    ) -> None:
        bound = self._ready(geometry, drawn, common, rig)
        self._context.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        for layer in layers:
            self._context.cull_face = layer.culled
            tell(bound.program, lift=layer.lift, layer=layer.stray)
            bound.render(vertices=drawn.count, first=drawn.first)
        self._context.enable_only(moderngl.DEPTH_TEST)

    def _floor(self, geometry: Geometry, common: dict[str, Value]) -> None:
        program = self._programs.get("surface.vert.glsl", "floor.frag.glsl")
        tell(program, **common, lift=0.0, middle=geometry.middle, fades_at=geometry.floor_reach)
        self._context.enable_only(moderngl.DEPTH_TEST | moderngl.BLEND)
        self._context.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        geometry.bound(self._context, program, geometry.triangles).render(
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
        own |= {"reach": paint.EYE_REACH, "windows": rig.windows.astype("<f4").tobytes()}
    return own
