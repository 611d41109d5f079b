"""Steps that look at a whole picture and make another of it, pixel by pixel."""

from __future__ import annotations

import moderngl

from services.mesher.adapters.drawing.programs import Programs, Value, tell


def passed(
    programs: Programs,
    shader: str,
    source: moderngl.Texture,
    side: int,
    channels: int = 2,
    dtype: str = "f2",
    **values: Value,
) -> moderngl.Texture:
    """(side, side, channels) what a shader makes of a picture."""
    context = source.ctx
    made = context.texture((side, side), channels, dtype=dtype)
    made.repeat_x = made.repeat_y = False
    context.framebuffer([made]).use()
    context.enable_only(moderngl.NOTHING)
    over(programs, shader, source, **values)
    return made


def over(programs: Programs, shader: str, source: moderngl.Texture, **values: Value) -> None:
    """Have a shader draw over all of what is drawn on now."""
    program = programs.get("screen.vert.glsl", shader)
    source.use(0)
    tell(program, source=0, **values)
    source.ctx.vertex_array(program, []).render(vertices=3)
