"""The last step: the figure before its backdrop."""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from services.mesher.adapters.drawing.programs import Programs, tell
from services.mesher.adapters.drawing.textures import Textures
from services.mesher.domain.stage import Backdrop


class Finishing:
    """Lays pictures before backdrops; belongs to one context."""

    def __init__(self, context: moderngl.Context, programs: Programs, textures: Textures) -> None:
        self._context = context
        self._program = programs.get("screen.vert.glsl", "finish.frag.glsl")
        self._textures = textures

    def finish(self, drawn: moderngl.Texture, backdrop: Backdrop) -> NDArray[np.uint8]:
        """(size, size, 4) straight alpha, the upper row first."""
        size = drawn.size[0]
        target = self._context.framebuffer([self._context.texture((size, size), 4)])
        scenery = (
            self._textures.white if backdrop.picture is None else self._textures.picture(backdrop.picture)
        )
        drawn.use(0)
        scenery.use(1)
        tell(
            self._program,
            drawn=0,
            scenery=1,
            has_scenery=float(backdrop.picture is not None),
            top=_share(backdrop.top),
            bottom=_share(backdrop.bottom),
            behind=float(not backdrop.transparent),
        )
        target.use()
        self._context.enable_only(moderngl.NOTHING)
        self._context.vertex_array(self._program, []).render(vertices=3)
        pixels = np.frombuffer(target.read(components=4), np.uint8).reshape(size, size, 4)
        return pixels[::-1].copy()


def _share(color: tuple[int, int, int]) -> tuple[float, float, float]:
    red, green, blue = (value / 255.0 for value in color)
    return red, green, blue
