"""How a call ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc

from atelierkit.errors import Code
from atelierkit.interceptors.around import Context


@contextmanager
def ending(call_context: Context, told: Callable[[Code], None]) -> Iterator[None]:
    """Tell the status code that the call ends with when the block does, however it does."""
    error: BaseException | None = None
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        told(_code(call_context, error))


def _code(call_context: Context, error: BaseException | None) -> Code:
    """What the call raised, else what its context was told."""
    if isinstance(error, asyncio.CancelledError | GeneratorExit):
        return Code.CANCELLED
    # Declared as grpc.StatusCode; in fact 0 until one is set.
    told: Any = call_context.code()
    code = Code(told.value[0] if isinstance(told, grpc.StatusCode) else told or 0)
    return Code.UNKNOWN if code is Code.OK and error is not None else code
