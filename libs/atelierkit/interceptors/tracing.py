"""A server span around every call but probes, a child of the caller's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from opentelemetry import context as trace_context
from opentelemetry import propagate, trace

from atelierkit import tracing
from atelierkit.interceptors.around import AroundInterceptor, Call
from atelierkit.interceptors.logging import outcome

_tracer = trace.get_tracer(__name__)


class Tracing(AroundInterceptor):
    """Opens the call's span.

    OpenTelemetry's own interceptor records each refusal as an exception with its stack, and adds the peer's
    address.
    """

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Run the call in its span; whatever it calls becomes the span's child."""
        callers = trace_context.attach(propagate.extract(call.metadata))
        error: BaseException | None = None
        try:
            with tracing.rpc_span(_tracer, call.service, call.method, trace.SpanKind.SERVER) as span:
                try:
                    yield
                except BaseException as raised:
                    error = raised
                    raise
                finally:
                    tracing.end_rpc(span, outcome(call.context, error), of_server=True)
        finally:
            trace_context.detach(callers)
