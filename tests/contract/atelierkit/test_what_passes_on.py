"""What goes from a request into the calls that it causes: id, deadline, caller, trace; and what is tried again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import grpc
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from structlog.testing import capture_logs

from atelierkit import client, context, identity
from atelierkit.errors import AppError, Code, RemoteError, Unavailable
from atelierkit.identity import Caller
from atelierkit.testing import MemoryVerifier, serve
from tests.contract.atelierkit import echo
from tests.patience import PATIENCE_S

ALICE = Caller("alice", frozenset({"user"}), "alice-token")


@asynccontextmanager
async def chain(last: Any) -> AsyncIterator[grpc.aio.Channel]:
    """Client -> first service -> second service, whose ``Say`` is ``last``."""
    async with AsyncExitStack() as stack:
        verifier = MemoryVerifier({ALICE.token: ALICE})
        second = await stack.enter_async_context(serve(echo.service(verifier, Say=last)))

        async def pass_on(request, servicer_context):
            return await echo.call(second, "Say")(request)

        yield await stack.enter_async_context(serve(echo.service(verifier, Say=pass_on)))


async def test_the_request_id_and_the_caller_reach_the_last_service() -> None:
    async def last(request, servicer_context):
        return echo.word(text=f"{context.request_id()} {identity.require_caller().subject}")

    async with chain(last) as channel:
        with context.request(id="req-1"), identity.acting(ALICE), capture_logs() as logs:
            answer = await echo.call(channel, "Say")(echo.word())
    assert answer.text == "req-1 alice"
    assert [line["code"] for line in logs if line["event"] == "call ended"] == ["OK", "OK"]


@pytest.mark.parametrize("offered", [None, "a b", "x" * 65, "a\nb", "ключ", ""])
async def test_a_malformed_request_id_is_replaced(offered: str | None) -> None:
    async def id_here(request, servicer_context):
        return echo.word(text=context.request_id() or "")

    metadata = (
        [] if offered is None or not offered.isascii() or "\n" in offered else [("x-request-id", offered)]
    )
    async with serve(echo.service(Open=id_here)) as channel:
        answer = await echo.call(channel, "Open")(echo.word(), metadata=metadata)
    assert len(answer.text) == 36
    assert context.accepted_request_id(offered) != offered


@pytest.mark.parametrize(
    ("asked_s", "request_s", "wanted_s"),
    [(3, None, 3), (8, 5, 5), (None, None, client.DEFAULT_TIMEOUT_S)],
    ids=["the call's own", "the request's", "nobody's"],
)
async def test_the_deadline_shrinks_on_its_way(
    asked_s: float | None, request_s: float | None, wanted_s: float
) -> None:
    seen: list[float] = []

    async def last(request, servicer_context):
        seen.append(context.remaining_s() or 0)
        return request

    async with chain(last) as channel:
        with identity.acting(ALICE):
            began = time.monotonic()
            with context.request(timeout_s=request_s):
                await echo.call(channel, "Say")(echo.word(), timeout=asked_s)
            took = time.monotonic() - began
    # On the wire a deadline is rounded to a few milliseconds.
    assert wanted_s - took - 0.1 < seen[0] < wanted_s + 0.1


async def test_a_passed_deadline_stops_the_whole_chain() -> None:
    stopped = asyncio.Event()

    async def last(request, servicer_context):
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with chain(last) as channel:
        with identity.acting(ALICE), pytest.raises(AppError) as caught:
            await echo.call(channel, "Say")(echo.word(), timeout=0.3)
        async with asyncio.timeout(PATIENCE_S):
            await stopped.wait()
    assert (caught.value.code, caught.value.message) == (
        Code.DEADLINE_EXCEEDED,
        "the service did not answer in time",
    )


async def test_a_request_without_time_left_calls_nobody() -> None:
    async with client.channel("127.0.0.1:1") as nobody:
        with context.request(timeout_s=0), pytest.raises(AppError) as caught:
            await echo.call(nobody, "Open")(echo.word())
    assert caught.value.code is Code.DEADLINE_EXCEEDED


async def test_a_cancelled_caller_stops_the_whole_chain() -> None:
    entered, stopped = asyncio.Event(), asyncio.Event()

    async def last(request, servicer_context):
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with chain(last) as channel:
        with identity.acting(ALICE):
            calling = asyncio.create_task(echo.call(channel, "Say")(echo.word()))
        async with asyncio.timeout(PATIENCE_S):
            await entered.wait()
            calling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await calling
            await stopped.wait()


async def test_one_trace_spans_the_chain() -> None:
    async def last(request, servicer_context):
        return echo.word(text=trace.format_trace_id(trace.get_current_span().get_span_context().trace_id))

    tracer = TracerProvider().get_tracer("test")
    async with chain(last) as channel:
        with identity.acting(ALICE), tracer.start_as_current_span("browser") as span:
            answer = await echo.call(channel, "Say")(echo.word())
    assert answer.text == trace.format_trace_id(span.get_span_context().trace_id)


async def test_a_trace_that_nobody_records_goes_on_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans of calls would be made for nobody; the caller's own stands in the next service's logs."""
    seen: list[str] = []

    async def last(request, servicer_context):
        seen.append(str(dict(servicer_context.invocation_metadata())["traceparent"]))
        return request

    monkeypatch.setattr(client, "_tracer", TracerProvider().get_tracer("test"))
    tracer = TracerProvider(sampler=ALWAYS_OFF).get_tracer("test")
    async with serve(echo.service(MemoryVerifier({ALICE.token: ALICE}), Say=last)) as channel:
        with identity.acting(ALICE), tracer.start_as_current_span("browser") as span:
            await echo.call(channel, "Say")(echo.word())
    own = span.get_span_context()
    assert [parent.split("-")[1:3] for parent in seen] == [
        [trace.format_trace_id(own.trace_id), trace.format_span_id(own.span_id)]
    ]


@pytest.mark.parametrize(("method", "attempts"), [("Again", 3), ("Open", 1)])
async def test_only_a_method_that_may_be_repeated_is_tried_again(method: str, attempts: int) -> None:
    calls = 0

    async def away(request, servicer_context):
        nonlocal calls
        calls += 1
        if calls < attempts or attempts == 1:
            await servicer_context.abort(grpc.StatusCode.UNAVAILABLE, "not now")
        return request

    async with serve(echo.service(**{method: away})) as channel:
        attempt = echo.call(channel, method)(echo.word(text="here"))
        if attempts == 1:
            with pytest.raises(AppError):
                await attempt
        else:
            assert (await attempt).text == "here"
    assert calls == attempts


async def test_what_a_service_cannot_reach_is_not_tried_again_through_it() -> None:
    calls = 0

    async def away(request: Any, servicer_context: Any) -> None:
        nonlocal calls
        calls += 1
        raise Unavailable("the database does not answer")

    async with serve(echo.service(Again=away)) as channel:
        with pytest.raises(RemoteError, match="the database does not answer"):
            await echo.call(channel, "Again")(echo.word())
    assert calls == 1


async def test_a_refusal_is_not_tried_again() -> None:
    calls = 0

    async def refuse(request, servicer_context):
        nonlocal calls
        calls += 1
        await servicer_context.abort(grpc.StatusCode.FAILED_PRECONDITION, "never")

    async with serve(echo.service(Again=refuse)) as channel:
        with pytest.raises(AppError):
            await echo.call(channel, "Again")(echo.word())
    assert calls == 1
