"""Shaders from their files, compiled when they are first used."""

from __future__ import annotations

import functools
import re
from importlib.resources import files

import moderngl

_INCLUDE = re.compile(r'^#include "(\w+\.glsl)"$', re.MULTILINE)
Value = bytes | float | tuple[float, ...]
"""What a uniform can be set to; arrays and matrices as their bytes."""
_VERSION = "#version 400 core\n#extension GL_ARB_derivative_control : enable\n"


def _read(name: str) -> str:
    """A shader's text, what it includes put in its place."""
    text = files(__package__).joinpath("shaders", name).read_text(encoding="utf-8")
    return _INCLUDE.sub(lambda match: _read(match[1]), text)


class Programs:
    """The programs of one context."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self.get = functools.cache(self._compile)

    def _compile(self, vertex: str, fragment: str | None, outputs: tuple[str, ...] = ()) -> moderngl.Program:
        """A program of two shader files; of one where only what its vertices come out as is wanted."""
        return self._context.program(
            vertex_shader=_VERSION + _read(vertex),
            fragment_shader=None if fragment is None else _VERSION + _read(fragment),
            varyings=outputs,
        )


def tell(program: moderngl.Program, **values: Value) -> None:
    """Set uniforms; those that the compiler found no use for are left out."""
    for name, value in values.items():
        uniform = program.get(name, None)
        if not isinstance(uniform, moderngl.Uniform):
            continue
        if isinstance(value, bytes):
            # The compiler may have cut an array's unused end; what is not given of one is zero.
            data = value[: 4 * uniform.dimension * uniform.array_length]
            uniform.write(data.ljust(4 * uniform.dimension * uniform.array_length, b"\0"))
        else:
            uniform.value = value
