"""What every style draws with: the lights where the camera stands, the lamp's shadows, the floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import moderngl

from services.mesher.adapters.drawing import light
from services.mesher.adapters.drawing.geometry import Drawn, Geometry
from services.mesher.adapters.drawing.lamp import COARSE, FINE, REACH, Lamp
from services.mesher.adapters.drawing.light import Rig
from services.mesher.adapters.drawing.matrices import packed
from services.mesher.adapters.drawing.programs import Programs, Value, tell
from services.mesher.adapters.drawing.sight import Sight
from services.mesher.adapters.drawing.textures import Textures
from services.mesher.domain import paint
from services.mesher.domain.stage import Prop, Substance

_HOLLOWS, _PICTURE, _GRAIN, _STRANDS, _WEAVE, _LAMP, _LAMP_PLAIN = range(2, 9)
"""Texture units; the first two are for steps that look at whole pictures."""
_CLOSED = {Substance.SKIN, Substance.EYE, Substance.TONGUE, Substance.SEAT}
_SMALL = 512
"""Pixels a side up to which a picture does with the lamp's smaller map."""


@dataclass(frozen=True, eq=False, slots=True)
class Shot:
    """A stage, lit, before a camera."""

    geometry: Geometry
    sight: Sight
    uniforms: Mapping[str, Value]
    """What all its shaders are told."""


class Studio:
    """Lights stages; belongs to one context."""

    def __init__(self, context: moderngl.Context, programs: Programs, textures: Textures) -> None:
        self.context = context
        self._programs = programs
        self._textures = textures
        self._lamp, self._small_lamp = (Lamp(context, programs, side) for side in (FINE, COARSE))

    def lit(self, geometry: Geometry, sight: Sight, hollows: moderngl.Texture | None = None) -> Shot:
        """The stage with the lamp's shadows; `hollows` darken where a style looks for them."""
        rig = light.rig(sight.azimuth, sight.ambience)
        lamp = self._lamp if sight.size > _SMALL else self._small_lamp
        to_light = lamp.shine(geometry, rig.lamp)
        lamp.use(_LAMP, _LAMP_PLAIN)
        (hollows or self._textures.white).use(_HOLLOWS)
        self._textures.grain.use(_GRAIN)
        self._textures.strands.use(_STRANDS)
        self._textures.weave.use(_WEAVE)
        told: dict[str, Value] = {"to_light": packed(to_light), "has_crevices": float(hollows is not None)}
        return Shot(geometry, sight, _told(geometry, sight, rig) | told)

    def ready(
        self, shot: Shot, drawn: Drawn, vertex: str, fragment: str, **own: Value
    ) -> moderngl.VertexArray:
        """A surface with everything set to draw it."""
        program = self._programs.get(vertex, fragment)
        self._textures.worn(drawn.prop.texture).use(_PICTURE)
        tell(program, **shot.uniforms, color=drawn.prop.color, **own)
        return shot.geometry.bound(self.context, program, shot.geometry.triangles)

    def outsides(self, prop: Prop) -> None:
        """Have depth decide what is seen, and leave out the inside of what is closed: nobody sees it."""
        closed = moderngl.CULL_FACE if prop.substance in _CLOSED else moderngl.NOTHING
        self.context.enable_only(moderngl.DEPTH_TEST | closed)
        self.context.cull_face = "back"

    def floor(self, shot: Shot, edge: tuple[float, float]) -> None:
        """The shadows on the floor; between two darknesses they go from none to full."""
        geometry = shot.geometry
        program = self._programs.get("surface.vert.glsl", "floor.frag.glsl")
        ambience = shot.sight.ambience
        own: dict[str, Value] = {
            "middle": geometry.middle,
            "fades_at": geometry.floor_reach,
            "edge": edge,
            "shaded": ambience.shade,
            "most": ambience.shadow,
        }
        tell(program, **shot.uniforms, **own, lift=0.0)
        self.context.enable_only(moderngl.DEPTH_TEST | moderngl.BLEND)
        self.context.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        bound = geometry.bound(self.context, program, geometry.triangles)
        bound.render(vertices=geometry.floor_count, first=geometry.solid_count)


def _told(geometry: Geometry, sight: Sight, rig: Rig) -> dict[str, Value]:
    return {
        "view_projection": packed(sight.view_projection),
        "eye": tuple(sight.eye),
        "lamp": tuple(rig.lamp),
        "lamp_light": tuple(rig.lamp_light),
        "even_light": tuple(rig.even_light),
        "lobes": rig.lobes.astype("<f4").tobytes(),
        "lobe_light": rig.lobe_light.astype("<f4").tobytes(),
        "harmonics": rig.harmonics.astype("<f4").tobytes(),
        "windows": rig.windows.astype("<f4").tobytes(),
        "ambience": sight.ambience.around,
        "lamp_reach": 2.0 * REACH * geometry.radius,
        "crevice_step": (1.0 / sight.size, 1.0 / sight.size),
        "reach": paint.EYE_REACH,
        "crevices": _HOLLOWS,
        "picture": _PICTURE,
        "grain_map": _GRAIN,
        "strand_map": _STRANDS,
        "weave_map": _WEAVE,
        "lamp_depth": _LAMP,
        "lamp_depth_plain": _LAMP_PLAIN,
    }
