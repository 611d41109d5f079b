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
        scenery = self._textures.white if backdrop.picture is None else self._scenery(backdrop.picture)
        drawn.use(0)
        scenery.use(1)
        tell(
            self._program,
            drawn=0,
            scenery=1,
            has_scenery=float(backdrop.picture is not None),
            scenery_box=_cut(scenery.width, scenery.height),
            top=_share(backdrop.top),
            bottom=_share(backdrop.bottom),
            behind=float(not backdrop.transparent),
        )
        target.use()
        self._context.enable_only(moderngl.NOTHING)
        self._context.vertex_array(self._program, []).render(vertices=3)
        pixels = np.frombuffer(target.read(components=4), np.uint8).reshape(size, size, 4)
        return pixels[::-1].copy()

    def _scenery(self, picture: NDArray[np.uint8]) -> moderngl.Texture:
        texture = self._textures.picture(picture)
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = False
        return texture


def _cut(width: int, height: int) -> tuple[float, float, float, float]:
    """Scale and offset that show the middle square of a picture."""
    side = min(width, height)
    across, down = side / width, side / height
    return across, down, (1.0 - across) / 2.0, (1.0 - down) / 2.0


def _share(color: tuple[int, int, int]) -> tuple[float, float, float]:
    red, green, blue = (value / 255.0 for value in color)
    return red, green, blue
