"""A server's metrics, its drain and its port."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import REGISTRY, CollectorRegistry, Histogram

from atelierkit import client, metrics, server
from atelierkit.errors import AppError
from atelierkit.settings import ServiceSettings
from atelierkit.testing import serve
from tests.contract.atelierkit import echo
from tests.patience import PATIENCE_S


def _requests(method: str, code: str) -> float:
    labels = {"service": echo.NAME, "method": method, "code": code}
    return REGISTRY.get_sample_value("atelier_grpc_server_requests_total", labels) or 0.0


async def test_calls_are_counted_by_outcome_and_timed() -> None:
    async def fail(request, context):
        raise RuntimeError

    labels = {"service": echo.NAME, "method": "Again"}
    before = {code: _requests("Again", code) for code in ("OK", "INTERNAL", "INVALID_ARGUMENT")}
    timed = REGISTRY.get_sample_value("atelier_grpc_server_duration_seconds_count", labels) or 0.0
    async with serve(echo.service()) as channel:
        await echo.call(channel, "Again")(echo.word())
        with pytest.raises(AppError):
            await echo.call(channel, "Again")(echo.word(size_mm=-1))
    async with serve(echo.service(Again=fail)) as channel:
        with pytest.raises(AppError):
            await echo.call(channel, "Again")(echo.word())

    assert {code: _requests("Again", code) - count for code, count in before.items()} == dict.fromkeys(
        before, 1.0
    )
    assert REGISTRY.get_sample_value("atelier_grpc_server_duration_seconds_count", labels) == timed + 3


async def test_calls_at_work_are_counted_until_they_end() -> None:
    held, entered = asyncio.Event(), asyncio.Event()

    async def slow(request, context):
        entered.set()
        await held.wait()
        return request

    gauge = metrics.GRPC_SERVER_IN_FLIGHT.labels(service=echo.NAME, method="Open")
    async with serve(echo.service(Open=slow)) as channel:
        first = asyncio.create_task(echo.call(channel, "Open")(echo.word()))
        await entered.wait()
        assert gauge._value.get() == 1
        held.set()
        await first
    assert gauge._value.get() == 0


async def test_a_draining_server_says_so_and_lets_running_calls_finish() -> None:
    held, entered = asyncio.Event(), asyncio.Event()

    async def slow(request, context):
        entered.set()
        await held.wait()
        return echo.word(text="finished")

    settings = ServiceSettings(port=0, drain_grace_s=10, endpoint_notice_s=0.3)
    leave = asyncio.Event()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def run() -> None:
        async with server.serving(echo.service(Open=slow), settings) as running:
            port.set_result(running.port)
            await leave.wait()

    serving = asyncio.create_task(run())
    async with client.channel(f"127.0.0.1:{await port}") as channel:
        call = asyncio.create_task(echo.call(channel, "Open")(echo.word()))
        await entered.wait()
        assert await client.is_serving(channel, echo.NAME)
        leave.set()
        async with asyncio.timeout(PATIENCE_S):
            while await client.is_serving(channel, echo.NAME):  # noqa: ASYNC110 - the state is told by calls alone
                await asyncio.sleep(0.01)
        # Still in its notice: calls go on being taken.
        assert (await echo.call(channel, "Again")(echo.word(text="taken"))).text == "taken"
        held.set()
        assert (await call).text == "finished"
    await serving


async def test_a_taken_port_is_an_error_that_names_it() -> None:
    async with server.serving(echo.service(), ServiceSettings(port=0)) as running:
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{running.port}"):
            async with server.serving(echo.service(), ServiceSettings(port=running.port)):
                pass


def test_a_taken_metrics_port_is_named() -> None:
    with metrics.served("127.0.0.1", 0) as port:
        again = metrics.served("127.0.0.1", port)
        with pytest.raises(OSError, match=f"cannot serve metrics on 127.0.0.1:{port}"):
            again.__enter__()


async def test_metrics_are_served_on_their_own_port_with_exemplars_for_those_who_ask() -> None:
    registry = CollectorRegistry()
    histogram = Histogram("work_seconds", "Work.", ["kind"], registry=registry)
    with TracerProvider().get_tracer("test").start_as_current_span("work") as span:
        metrics.observe(histogram, 0.2, kind="hard")
    metrics.observe(histogram, 0.1, kind="easy")
    with metrics.served("127.0.0.1", 0, registry) as port:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
            plain = await http.get(f"http://127.0.0.1:{port}/metrics")
            rich = await http.get(
                f"http://127.0.0.1:{port}/metrics",
                headers={"accept": "application/openmetrics-text; version=1.0.0"},
            )
    trace_id = f"{span.get_span_context().trace_id:032x}"
    assert 'work_seconds_count{kind="hard"} 1.0' in plain.text
    assert trace_id not in plain.text
    assert f'# {{trace_id="{trace_id}"}} 0.2' in rich.text
    assert rich.text.count("trace_id") == 1
