"""The request's id and deadline, and one log line when it ends."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from atelierkit import context
from atelierkit.errors import Code
from atelierkit.interceptors.around import AroundInterceptor, Call
from atelierkit.interceptors.ending import ending
from atelierkit.logs import get_logger

_log = get_logger(__name__)

# A deadline further away than a day is none; grpc gives about 292 years where the client set none.
_NO_DEADLINE_S = 86_400.0


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

        def ended(code: Code) -> None:
            taken_ms = round((time.perf_counter() - start) * 1e3, 3)
            _log.info("call ended", rpc=call.rpc, code=code.name, duration_ms=taken_ms)

        with ending(call.context, ended):
            yield
