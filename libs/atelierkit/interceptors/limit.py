"""A bound on the calls at work, so that a burst is refused and not queued."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from atelierkit.errors import Overloaded
from atelierkit.interceptors.around import AroundInterceptor, Call

_RETRY_AFTER_S = 1.0


class Limit(AroundInterceptor):
    """Refuses a call when ``most`` are at work.

    gRPC's own ``maximum_concurrent_rpcs`` counts health checks too: a busy server would lose its
    watchers, and with them the rest of its calls.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._at_work = 0

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Run the call when there is room for it."""
        if self._at_work >= self._most:
            raise Overloaded("too many calls are at work", retry_after_s=_RETRY_AFTER_S)
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1
