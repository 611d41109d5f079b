"""Rate, errors and duration of every call, and how many are at work."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from atelierkit import metrics
from atelierkit.errors import Code
from atelierkit.interceptors.around import AroundInterceptor, Call
from atelierkit.interceptors.ending import ending

# Set by gRPC itself on the second attempt and on further ones: how many came before.
_ATTEMPTS_KEY = "grpc-previous-rpc-attempts"


class Metrics(AroundInterceptor):
    """Counts and times calls by service and method; both come from registered handlers, so the set is closed."""

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Measure the call, however it ends."""
        labels = {"service": call.service, "method": call.method}
        in_flight = metrics.GRPC_SERVER_IN_FLIGHT.labels(**labels)
        start = time.perf_counter()
        in_flight.inc()
        if _ATTEMPTS_KEY in call.metadata:
            metrics.GRPC_SERVER_REPEATED.labels(**labels).inc()

        def ended(code: Code) -> None:
            in_flight.dec()
            metrics.GRPC_SERVER_REQUESTS.labels(**labels, code=code.name).inc()
            metrics.observe(metrics.GRPC_SERVER_DURATION, time.perf_counter() - start, **labels)

        with ending(call.context, ended):
            yield
