"""What the gateway says of itself: refusals by reason, requests that hang, and no trace of probes."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import REGISTRY

from services.gateway.middleware import RequestScope
from services.gateway.tracing import Tracing


def value(metric: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(metric, labels) or 0


@pytest.mark.parametrize(
    ("method", "path", "reason"),
    [
        ("GET", "/v1/me", "unauthenticated"),
        ("GET", "/v1/avatars/00000000-0000-4000-8000-000000000000", "unauthenticated"),
        ("POST", "/v1/auth/login", "invalid_argument"),
    ],
)
async def test_refusals_are_counted_by_reason(
    client: httpx.AsyncClient, method: str, path: str, reason: str
) -> None:
    before = value("atelier_gateway_refusals_total", reason=reason)
    answer = await client.request(method, path, json={})
    assert answer.json()["code"] == reason
    assert value("atelier_gateway_refusals_total", reason=reason) == before + 1


async def test_a_request_is_overdue_from_its_deadline_until_an_answer_begins() -> None:
    hang, begun, end = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await hang.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        begun.set()
        await end.wait()

    scoped = RequestScope(app, timeout_s=0, longer={("GET", "/scan"): 60})

    async def ask(path: str) -> None:
        await scoped({"type": "http", "method": "GET", "path": path, "headers": []}, _receive, _send)

    in_time, late = asyncio.create_task(ask("/scan")), asyncio.create_task(ask("/slow"))
    await asyncio.sleep(0)
    assert value("atelier_gateway_overdue") == 1
    hang.set()
    await begun.wait()
    assert value("atelier_gateway_overdue") == 0
    end.set()
    await asyncio.gather(in_time, late)


@pytest.mark.parametrize(
    ("path", "traced"), [("/v1/me", True), ("/healthz", False), ("/readyz", False), ("/metrics", False)]
)
async def test_probes_are_in_no_trace(path: str, traced: bool) -> None:
    """Within a probe no trace goes on, so that nothing that it calls is in one either."""
    seen: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(trace.get_current_span().get_span_context().trace_id)

    with TracerProvider().get_tracer("test").start_as_current_span("caller") as caller:
        parent = f"00-{caller.get_span_context().trace_id:032x}-00f067aa0ba902b7-01"
    headers = [(b"traceparent", parent.encode())]
    scope = {"type": "http", "method": "GET", "path": path, "scheme": "http", "headers": headers}
    await Tracing(app)(scope, _receive, _send)
    assert (seen == [caller.get_span_context().trace_id]) is traced


async def _receive() -> dict[str, Any]:
    return {"type": "http.request"}


async def _send(message: Any) -> None:
    return
