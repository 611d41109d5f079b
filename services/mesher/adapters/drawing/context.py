"""OpenGL without a display, through EGL: the first card that there is, else Mesa on the processor."""

from __future__ import annotations

from typing import Any

import moderngl

from services.mesher.domain.errors import DrawingUnavailable

LIBRARY = "libEGL.so.1"
"""By the name that packages without headers install it under."""
_VERSION = 400


def open_context(library: str = LIBRARY) -> moderngl.Context:
    """A context of the calling thread, and of no other; raise DrawingUnavailable."""
    how: Any = {"backend": "egl", "libgl": "libOpenGL.so.0", "libegl": library}
    try:
        context = moderngl.create_context(require=_VERSION, standalone=True, **how)
    except Exception as error:  # glcontext raises plain Exceptions
        raise DrawingUnavailable(str(error)) from error
    # What Python lets go is released at the next `gc`, on this thread: wherever the last reference dies.
    context.gc_mode = "context_gc"
    return context
