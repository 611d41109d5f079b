"""OpenGL without a display, through EGL: on a card, or by Mesa on the processor."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import moderngl

from services.mesher.adapters.drawing.devices import AUTO, LIBRARY, Device, devices, wanted
from services.mesher.domain.errors import DrawingUnavailable

_VERSION = 400
_WIDEST = 256
"""Bits of llvmpipe's vectors."""
_WIDTH, _NO_CACHE = "LP_NATIVE_VECTOR_WIDTH", "MESA_SHADER_CACHE_DISABLE"


def open_context(choice: str = AUTO, library: str = LIBRARY) -> tuple[moderngl.Context, Device]:
    """A context of the calling thread, and of no other, on the first device of the choice that gives one.

    Raise DrawingUnavailable.
    """
    _keep_mesa_alive()
    return first_opened(wanted(devices(library), choice), library)


def first_opened(tried: Sequence[Device], library: str = LIBRARY) -> tuple[moderngl.Context, Device]:
    """A context on the first of these devices that gives one. Raise DrawingUnavailable, with what each of them said."""
    said = []
    for device in tried:
        how: Any = {
            "backend": "egl",
            "libgl": "libOpenGL.so.0",
            "libegl": library,
            "device_index": device.number,
        }
        try:
            context = moderngl.create_context(require=_VERSION, standalone=True, **how)
        except Exception as error:  # noqa: BLE001  glcontext raises plain Exceptions
            said.append(f"{device}: {error}")
            continue
        # What Python lets go is released at the next `gc`, on this thread: wherever the last reference dies.
        context.gc_mode = "context_gc"
        return context, device
    raise DrawingUnavailable("; ".join(said))


def _keep_mesa_alive() -> None:
    """Take the edge off a width of llvmpipe's vectors that somebody chose; by itself it follows from the processor.

    Mesa's cache on disk names the processor in its keys and not the width. Shaders that were compiled for eight vertices at
    a time then run where four have room, write over the end of their buffer, and the process dies (Mesa 22.3 and 25.0). So
    the cache is left alone then; else it is right, and saves 3 s of a first picture. Shaders like ours cannot be compiled
    at all for more than 256 bits (22.3 to 26.2), which no processor makes Mesa choose.
    """
    width = os.environ.get(_WIDTH)  # noqa: TID251  Mesa's own variables, which no settings class could hand on
    if width is None:
        return
    os.environ[_NO_CACHE] = "true"  # noqa: TID251
    if width.isdecimal() and int(width) > _WIDEST:
        os.environ[_WIDTH] = str(_WIDEST)  # noqa: TID251
