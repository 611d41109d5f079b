"""The `Draughtsman` over OpenGL: a context on the thread that draws, opened when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import moderngl
import numpy as np
from numpy.typing import NDArray

from services.mesher.adapters.drawing.context import open_context
from services.mesher.adapters.drawing.devices import AUTO, Device
from services.mesher.adapters.drawing.finishing import Finishing
from services.mesher.adapters.drawing.geometry import Geometry
from services.mesher.adapters.drawing.openness import Openness
from services.mesher.adapters.drawing.programs import Programs
from services.mesher.adapters.drawing.realistic import Realistic
from services.mesher.adapters.drawing.sight import Sight
from services.mesher.adapters.drawing.studio import Studio
from services.mesher.adapters.drawing.textures import Textures
from services.mesher.adapters.drawing.toon import MANNERS, Toon
from services.mesher.domain.errors import DrawingUnavailable
from services.mesher.domain.stage import Prop, Stage, Style

_SAMPLES = 4
_COARSE_SIZE = 512
"""Pixels a side up to which less has to be known of the light."""


Opened = Callable[[str, Device], None]
"""Hears of each context that is opened: the driver's name of what draws, and the device."""


def _unheard(renderer: str, device: Device) -> None:
    """Tells nobody."""


class OpenGlDraughtsman:
    """All of it belongs to one thread: call it from no other."""

    def __init__(self, device: str = AUTO, opened: Opened = _unheard) -> None:
        """Draw with a device that `devices.wanted` knows."""
        self._device = device
        self._opened = opened
        self._table: _Table | None = None

    def open(self) -> str:
        """Get ready; gives the name of what draws. Raise DrawingUnavailable."""
        return self._at().renderer

    def draw(self, stage: Stage) -> NDArray[np.uint8]:
        """The picture. Raise DrawingUnavailable; the next call then begins anew."""
        try:
            return self._at().draw(stage)
        except moderngl.Error as error:
            self.close()
            raise DrawingUnavailable(str(error)) from error

    def close(self) -> None:
        """Give the context back; the next call opens another."""
        if self._table is not None:
            self._table.close()
        self._table = None

    def _at(self) -> _Table:
        if self._table is None:
            context, device = open_context(self._device)
            self._table = _Table(context)
            self._opened(self._table.renderer, device)
        return self._table


class _Table:
    """A context and everything that has been made in it."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        programs, textures = Programs(context), Textures(context)
        studio = Studio(context, programs, textures)
        self.renderer = str(context.info["GL_RENDERER"])
        self._openness = Openness(context, programs)
        self._realistic = Realistic(studio, programs)
        self._toon = Toon(studio, programs)
        self._finishing = Finishing(context, programs, textures)
        self._props: Sequence[Prop] = ()
        self._fine = True
        self._geometry: Geometry | None = None

    def draw(self, stage: Stage) -> NDArray[np.uint8]:
        # Another context of this thread may have been opened since.
        with self._context:
            self._context.gc()
            return self._drawn(stage)

    def close(self) -> None:
        """Give everything back to the driver."""
        self._context.release()

    def _drawn(self, stage: Stage) -> NDArray[np.uint8]:
        fine = stage.size > _COARSE_SIZE
        geometry = self._modelled(stage.props, fine=fine)
        sight = Sight.of(stage, geometry)
        size = (stage.size, stage.size)
        canvas = self._context.framebuffer(
            [self._context.renderbuffer(size, 4, samples=_SAMPLES)],
            self._context.depth_renderbuffer(size, samples=_SAMPLES),
        )
        canvas.clear()
        if stage.style is Style.REALISTIC:
            self._realistic.draw(geometry, sight, canvas, fine=fine)
        else:
            self._toon.draw(geometry, sight, canvas, MANNERS[stage.style])
        drawn = self._context.texture(size, 4)
        self._context.copy_framebuffer(self._context.framebuffer([drawn]), canvas)
        return self._finishing.finish(drawn, stage.backdrop)

    def _modelled(self, props: Sequence[Prop], *, fine: bool) -> Geometry:
        """The surfaces; those of the last picture are still there when only the camera has moved."""
        if self._geometry is None or self._props is not props or self._fine is not fine:
            self._props, self._fine, self._geometry = props, fine, Geometry(self._context, props)
            self._openness.bake(self._geometry, fine=fine)
        return self._geometry
