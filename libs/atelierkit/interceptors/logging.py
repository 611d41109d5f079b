"""The request's id and deadline, and one log line when it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from atelierkit import context
from atelierkit.errors import Code
from atelierkit.interceptors.around import AroundInterceptor, Call, Context
from atelierkit.logs import get_logger

_log = get_logger(__name__)

# A deadline further away than a day is none; grpc gives about 292 years where the client set none.
_NO_DEADLINE_S = 86_400.0


def outcome(call_context: Context, error: BaseException | None) -> Code:
    """The status code that a call ends with: what it raised, else what its context was told."""
    if isinstance(error, asyncio.CancelledError | GeneratorExit):
        return Code.CANCELLED
    # Declared as grpc.StatusCode; in fact 0 until one is set.
    told: Any = call_context.code()
    code = Code(told.value[0] if isinstance(told, grpc.StatusCode) else told or 0)
    return Code.UNKNOWN if code is Code.OK and error is not None else code


class RequestContext(AroundInterceptor):
    """Outermost: takes the caller's request id, or makes one, and remembers the deadline."""

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Run the call as one request."""
        remaining: float | None = call.context.time_remaining()
        timeout_s = remaining if remaining is not None and remaining < _NO_DEADLINE_S else None
        with context.request(id=call.text(context.REQUEST_ID_KEY), timeout_s=timeout_s):
            yield


class AccessLog(AroundInterceptor):
    """One line per call: method, code, duration."""

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Log the call when it ends, however it ends."""
        start = time.perf_counter()
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            _log.info(
                "call ended",
                rpc=call.rpc,
                code=outcome(call.context, error).name,
                duration_ms=round((time.perf_counter() - start) * 1e3, 3),
            )
