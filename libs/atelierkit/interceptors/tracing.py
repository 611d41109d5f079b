"""A server span around every call but probes, a child of the caller's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from opentelemetry import context as trace_context
from opentelemetry import propagate, trace

from atelierkit import tracing
from atelierkit.interceptors.around import AroundInterceptor, Call
from atelierkit.interceptors.ending import ending

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
        try:
            with (
                tracing.rpc_span(_tracer, call.service, call.method, trace.SpanKind.SERVER) as span,
                ending(call.context, partial(tracing.end_rpc, span, of_server=True)),
            ):
                yield
        finally:
            trace_context.detach(callers)
