"""A service as a process: what it logs, how it ends, and how it fails to start."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import httpx
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1 import trace_pb2

from atelierkit import client
from atelierkit.errors import AppError, Code
from tests.contract.atelierkit import echo
from tests.patience import PATIENCE_S

Start = Callable[..., Awaitable["Process"]]


class Process:
    """A running demo service and the lines that it has logged."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []

    async def line(self, event: str) -> dict[str, Any]:
        """The next line with that event."""
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            self.lines.append(json.loads(raw))
            if self.lines[-1]["event"] == event:
                return self.lines[-1]
        raise AssertionError(f"ended without {event!r}: {self.lines}")

    async def ended(self) -> int:
        """Exit status; what is left of the log is read."""
        out, err = await self.process.communicate()
        assert out == b""
        self.lines += [json.loads(raw) for raw in err.splitlines()]
        return self.process.returncode or 0


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    processes: list[Process] = []

    async def run(**variables: str) -> Process:
        # gRPC's core writes lines of its own to standard error, which only the environment can silence.
        env = {"ATELIER_DEMO_PORT": "0", "GRPC_VERBOSITY": "NONE", **variables}
        made = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.integration.atelierkit.demo"),
            env=env,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        processes.append(Process(made))
        return processes[-1]

    yield run
    for process in processes:
        if process.process.returncode is None:
            process.process.kill()
            await process.ended()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_lets_running_calls_finish(start: Start, number: signal.Signals) -> None:
    service = await start(ATELIER_DEMO_METRICS_PORT="0")
    serving = await service.line("serving")
    async with client.channel(f"127.0.0.1:{serving['port']}") as channel:
        assert await client.is_serving(channel, echo.NAME)
        call = asyncio.create_task(echo.call(channel, "Open")(echo.word(text="slow", size_mm=0.5)))
        # Answered after the slow one was sent on the same connection: that one is at work.
        await echo.call(channel, "Again")(echo.word())
        service.process.send_signal(number)
        await service.line("stopping")
        service.process.send_signal(number)
        assert (await call).text == "slow"
    assert await service.ended() == 0
    assert [line["event"] for line in service.lines if line["logger_name"] == "atelierkit.service"] == [
        "serving",
        "stopping",
        "stopped",
    ]


async def test_a_process_serves_its_metrics_and_ties_log_lines_to_requests(start: Start) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    service = await start(ATELIER_DEMO_METRICS_PORT=str(port))
    serving = await service.line("serving")
    async with client.channel(f"127.0.0.1:{serving['port']}") as channel:
        await echo.call(channel, "Open")(echo.word(), metadata=[("x-request-id", "req-9")])
        async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
            metrics = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
    line = await service.line("call ended")
    assert (line["request_id"], line["service"], line["code"]) == ("req-9", "demo", "OK")
    assert re.fullmatch("[0-9a-f]{32}", line["trace_id"])
    counted = f'atelier_grpc_server_requests_total{{code="OK",method="Open",service="{echo.NAME}"}} 1.0'
    assert counted in metrics
    assert "process_cpu_seconds_total" in metrics


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """An OTLP collector that keeps what it gets."""

    def __init__(self) -> None:
        self.url = ""
        self.resources: list[Any] = []

    async def Export(self, request: Any, context: Any) -> Any:
        self.resources += request.resource_spans
        return trace_service_pb2.ExportTraceServiceResponse()


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    made, server = Collector(), grpc.aio.server()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(made, server)
    made.url = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield made
    await server.stop(0)


async def test_spans_go_to_the_collector_that_the_environment_names(
    start: Start, collector: Collector
) -> None:
    service = await start(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    serving = await service.line("serving")
    async with client.channel(f"127.0.0.1:{serving['port']}") as channel:
        await echo.call(channel, "Open")(echo.word())
    line = await service.line("call ended")
    service.process.send_signal(signal.SIGTERM)
    assert await service.ended() == 0

    [resource] = collector.resources
    names = {item.key: item.value.string_value for item in resource.resource.attributes}
    [span] = resource.scope_spans[0].spans
    assert (names["service.name"], span.name) == ("demo", f"{echo.NAME}/Open")
    assert (span.trace_id.hex(), span.span_id.hex()) == (line["trace_id"], line["span_id"])


async def test_a_bug_marks_its_span_and_a_refusal_does_not(start: Start, collector: Collector) -> None:
    service = await start(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    serving = await service.line("serving")
    async with client.channel(f"127.0.0.1:{serving['port']}") as channel:
        for method, text in (("Open", "bug"), ("Say", "no token")):
            with pytest.raises(AppError):
                await echo.call(channel, method)(echo.word(text=text))
    service.process.send_signal(signal.SIGTERM)
    assert await service.ended() == 0

    spans = [span for resource in collector.resources for span in resource.scope_spans[0].spans]
    bug, refusal = sorted(spans, key=lambda span: span.name)
    assert (bug.status.code, refusal.status.code) == (trace_pb2.Status.STATUS_CODE_ERROR, 0)
    told = [{item.key: item.value for item in span.attributes} for span in (bug, refusal)]
    assert [each["rpc.grpc.status_code"].int_value for each in told] == [Code.INTERNAL, Code.UNAUTHENTICATED]
    assert told[0]["error.type"].string_value == "INTERNAL"
    assert [list(span.events) for span in spans] == [[], []]
    assert "ada" not in str(spans)


@pytest.mark.parametrize(("sampler", "recorded"), [("parentbased_always_off", 0), ("always_on", 1)])
async def test_the_standard_variable_decides_what_is_recorded(
    start: Start, collector: Collector, sampler: str, recorded: int
) -> None:
    service = await start(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_TRACES_SAMPLER=sampler)
    serving = await service.line("serving")
    async with client.channel(f"127.0.0.1:{serving['port']}") as channel:
        await echo.call(channel, "Open")(echo.word())
    line = await service.line("call ended")
    service.process.send_signal(signal.SIGTERM)
    assert await service.ended() == 0
    assert len(collector.resources) == recorded
    assert re.fullmatch("[0-9a-f]{32}", line["trace_id"])


FAILURES = {
    "settings": (
        {"ATELIER_DEMO_PORT": "x", "ATELIER_DEMO_METRICS_PORT": "-1"},
        "ATELIER_DEMO_PORT: .*; ATELIER_DEMO_METRICS_PORT: ",
    ),
    "two settings": ({"ATELIER_DEMO_TLS_CERT": "/x"}, "settings: .*set together or not at all"),
    "failpoints": (
        {"ATELIER_FAILPOINTS": "here=explode"},
        "^ATELIER_FAILPOINTS: not a failpoint: 'here=explode'",
    ),
    "dependency": ({"ATELIER_DEMO_FAIL": "dependency"}, "^the database does not answer$"),
    "bug": ({"ATELIER_DEMO_FAIL": "bug"}, "^RuntimeError: a bug"),
}


@pytest.mark.parametrize(("variables", "cause"), FAILURES.values(), ids=FAILURES.keys())
async def test_a_start_that_fails_says_why_in_one_line(
    start: Start, variables: dict[str, str], cause: str
) -> None:
    service = await start(**variables)
    assert await service.ended() == 1
    [line] = service.lines
    assert (line["event"], line["level"]) == ("start failed", "error")
    assert re.search(cause, line["cause"])


async def test_a_taken_port_is_named(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        service = await start(ATELIER_DEMO_PORT=str(port))
        assert await service.ended() == 1
    assert f"127.0.0.1:{port}" in service.lines[-1]["cause"]


async def test_a_signal_while_starting_ends_the_start(start: Start) -> None:
    service = await start(ATELIER_DEMO_FAIL="hang", ATELIER_DEMO_LOG_LEVEL="debug")
    await service.line("building")
    service.process.send_signal(signal.SIGTERM)
    assert await service.ended() == 0
    assert service.lines[-1]["event"] == "stopped"
