"""How open each vertex is to the light around: drawn from many directions, small, and looked up from every vertex."""

from __future__ import annotations

import moderngl
import numpy as np

from services.mesher.adapters.drawing.geometry import Geometry
from services.mesher.adapters.drawing.matrices import packed, parallel
from services.mesher.adapters.drawing.programs import Programs, tell
from services.mesher.domain.surface import FloatArray

_DIRECTIONS, _FEWER = 36, 16
"""At most, as `openness.vert.glsl` has them; and for pictures in which nobody sees the difference."""
_TILES = 7
"""Along a side of the atlas, as `openness.vert.glsl` has them."""
_TILE = 192
"""Pixels a side: a centimetre of a standing person each."""
_AWAY = 0.012
"""Metres that a vertex looks from before its surface, or it would be in its own way."""
_REACH = 0.55
"""Metres within which something is in the way."""
_SPREAD = np.pi * (3.0 - np.sqrt(5.0))


class Openness:
    """Bakes it; belongs to one context."""

    def __init__(self, context: moderngl.Context, programs: Programs) -> None:
        self._context = context
        self._depth = programs.get("depth.vert.glsl", "depth.frag.glsl")
        self._gather = programs.get("openness.vert.glsl", None, ("openness",))
        self._atlas = context.depth_texture((_TILES * _TILE, _TILES * _TILE))
        self._atlas.compare_func = ""
        self._atlas.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self._atlas.repeat_x = self._atlas.repeat_y = False
        self._target = context.framebuffer(depth_attachment=self._atlas)

    def bake(self, geometry: Geometry, *, fine: bool) -> None:
        """Fill the geometry's openness."""
        directions = _directions(_DIRECTIONS if fine else _FEWER)
        views = [parallel(direction, geometry.centre, geometry.radius) for direction in directions]
        self._draw(geometry, views)
        self._atlas.use(0)
        tell(
            self._gather,
            atlas=0,
            count=len(directions),
            views=b"".join(packed(view) for view in views),
            directions=directions.astype("<f4").tobytes(),
            away=_AWAY,
            reach=_REACH / (2.0 * geometry.radius),
        )
        bound = geometry.bound(self._context, self._gather, None)
        bound.transform(geometry.openness, mode=moderngl.POINTS, vertices=geometry.vertex_count)

    def _draw(self, geometry: Geometry, views: list[FloatArray]) -> None:
        self._target.use()
        self._target.viewport = (0, 0, _TILES * _TILE, _TILES * _TILE)
        self._target.clear()
        self._context.enable_only(moderngl.DEPTH_TEST)
        bound = geometry.bound(self._context, self._depth, geometry.coarse)
        for number, view in enumerate(views):
            self._target.viewport = (number % _TILES * _TILE, number // _TILES * _TILE, _TILE, _TILE)
            tell(self._depth, view_projection=packed(view))
            bound.render(vertices=geometry.coarse_count)


def _directions(count: int) -> FloatArray:
    """(count, 3) spread evenly over the sphere."""
    number = np.arange(count)
    height = 1.0 - 2.0 * (number + 0.5) / count
    across, angle = np.sqrt(1.0 - height**2), number * _SPREAD
    return np.stack([across * np.cos(angle), height, across * np.sin(angle)], axis=1)
