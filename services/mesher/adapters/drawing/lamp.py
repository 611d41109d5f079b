"""The lamp's depth map, which shadows are looked up in."""

from __future__ import annotations

import moderngl

from services.mesher.adapters.drawing.geometry import Geometry
from services.mesher.adapters.drawing.matrices import packed, parallel
from services.mesher.adapters.drawing.programs import Programs, tell
from services.mesher.domain.surface import FloatArray

FINE, COARSE = 2048, 1024
"""Texels a side; fewer will do where a pixel of the picture is wider than two of these."""
REACH = 1.4
"""Radii of what is drawn that the map covers: shadows on the floor lie beyond it."""


class Lamp:
    """Draws the map; belongs to one context."""

    def __init__(self, context: moderngl.Context, programs: Programs, side: int) -> None:
        self._context = context
        self._program = programs.get("depth.vert.glsl", "depth.frag.glsl")
        self._depth = context.depth_texture((side, side))
        self._depth.repeat_x = self._depth.repeat_y = False
        self._target = context.framebuffer(depth_attachment=self._depth)
        self._compared = context.sampler(texture=self._depth, compare_func="<=")
        self._compared.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._plain = context.sampler(texture=self._depth)
        self._plain.filter = (moderngl.NEAREST, moderngl.NEAREST)

    def shine(self, geometry: Geometry, towards: FloatArray) -> FloatArray:
        """Draw the map for light from a direction; gives world to the map's clip space."""
        view = parallel(towards, geometry.centre, REACH * geometry.radius)
        self._target.use()
        self._target.clear()
        self._context.enable_only(moderngl.DEPTH_TEST)
        tell(self._program, view_projection=packed(view))
        geometry.bound(self._context, self._program, geometry.triangles).render(vertices=geometry.solid_count)
        return view

    def use(self, compared: int, plain: int) -> None:
        """Bind the map to one unit as a comparison, and to another as it is; nothing else may use those two."""
        self._compared.use(compared)
        self._plain.use(plain)
