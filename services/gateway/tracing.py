"""The trace of a request: one server span around everything, but for probes."""

from __future__ import annotations

from opentelemetry import context as trace_context
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.trace import StatusCode
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNTRACED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Paths that machines ask for every few seconds; they are no part of anybody's work."""

_BROUGHT_IN = frozenset(name.encode() for name in propagate.get_global_textmap().fields)
_tracer = trace.get_tracer(__name__)


class Tracing:
    """Opens the span, a child of the caller's where it sends one.

    OpenTelemetry's own middleware writes path, query string and the caller's address into each span, and
    names it after the path: ids of people's avatars in every trace, and as many names as avatars.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNTRACED:
            await self._app(scope, receive, send)
            return
        method, status = scope["method"], 500
        scope.setdefault("state", {})

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        callers = propagate.extract(Headers(scope=scope)) if _brings_trace(scope) else Context()
        span = _tracer.start_span(
            method,
            callers,
            trace.SpanKind.SERVER,
            {"http.request.method": method, "url.scheme": scope["scheme"]},
        )
        outer = trace_context.attach(trace.set_span_in_context(span, callers))
        try:
            await self._app(scope, receive, send_watched)
        except BaseException:
            span.set_status(StatusCode.ERROR)
            raise
        finally:
            _describe(span, method, scope["state"].get("route"), status)
            span.end()
            trace_context.detach(outer)


def _brings_trace(scope: Scope) -> bool:
    """Whether there is a caller's trace to read: OpenTelemetry looks through all headers several times."""
    return any(name in _BROUGHT_IN for name, _ in scope["headers"])


def _describe(span: trace.Span, method: str, route: str | None, status: int) -> None:
    """The route is known once a handler was found; what failed on our side is an error of the span."""
    span.set_attribute("http.response.status_code", status)
    if route is not None:
        span.update_name(f"{method} {route}")
        span.set_attribute("http.route", route)
    if status >= 500:
        span.set_attribute("error.type", str(status))
        span.set_status(StatusCode.ERROR)
