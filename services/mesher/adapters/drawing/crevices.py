"""Small hollows, found on the screen: what lies in them gets less light from around."""

from __future__ import annotations

import moderngl
import numpy as np

from services.mesher.adapters.drawing import screen
from services.mesher.adapters.drawing.geometry import Geometry
from services.mesher.adapters.drawing.matrices import packed
from services.mesher.adapters.drawing.programs import Programs, tell
from services.mesher.adapters.drawing.sight import Sight

_RADIUS = 0.03
"""Metres: what is larger, the bake finds."""


class Crevices:
    """Finds them; belongs to one context."""

    def __init__(self, context: moderngl.Context, programs: Programs) -> None:
        self._context = context
        self._programs = programs
        self._depth = programs.get("depth.vert.glsl", "depth.frag.glsl")

    def find(self, geometry: Geometry, sight: Sight) -> moderngl.Texture:
        """(half the size) openness and distance."""
        depths = self._depths(geometry, sight)
        raw = screen.passed(
            self._programs,
            "crevices.frag.glsl",
            depths,
            depths.width,
            to_camera=packed(np.linalg.inv(sight.projection)),
            pixels_a_metre=float(depths.width * sight.projection[0, 0] / 2.0),
            radius=_RADIUS,
        )
        return screen.passed(self._programs, "smooth.frag.glsl", raw, raw.width)

    def _depths(self, geometry: Geometry, sight: Sight) -> moderngl.Texture:
        side = max(sight.size // 2, 64)
        depths = self._context.depth_texture((side, side))
        depths.compare_func = ""
        depths.filter = (moderngl.NEAREST, moderngl.NEAREST)
        depths.repeat_x = depths.repeat_y = False
        target = self._context.framebuffer(depth_attachment=depths)
        target.use()
        target.clear()
        self._context.enable_only(moderngl.DEPTH_TEST)
        tell(self._depth, view_projection=packed(sight.view_projection))
        geometry.bound(self._context, self._depth, geometry.triangles).render(vertices=geometry.solid_count)
        return depths
