"""OpenGL without a display, through EGL: the first card that there is, else Mesa on the processor."""

from __future__ import annotations

from typing import Any

import moderngl

from services.mesher.domain.errors import DrawingUnavailable

_EGL: Any = {"backend": "egl", "libgl": "libOpenGL.so.0", "libegl": "libEGL.so.1"}
"""Libraries by the names that packages without headers install them under."""
_VERSION = 400


def open_context() -> moderngl.Context:
    """A context of the calling thread, and of no other; raise DrawingUnavailable."""
    try:
        context = moderngl.create_context(require=_VERSION, standalone=True, **_EGL)
    except Exception as error:  # glcontext raises plain Exceptions
        raise DrawingUnavailable(str(error)) from error
    # What Python lets go is released at the next `gc`, on this thread: wherever the last reference dies.
    context.gc_mode = "context_gc"
    return context
