"""A log line: what it says by itself, what it must never say, and how bad text looks in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider

from atelierkit import context, logs
from tests.work import least_cpu_s

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, configured = list(root.handlers), root.level, structlog.get_config()
    yield io.StringIO()
    root.handlers, root.level = handlers, level
    structlog.configure(**configured)


@pytest.fixture
def lines(out: io.StringIO) -> Lines:
    logs.configure("mesher", stream=out, level="debug")
    return lambda: [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_says_who_what_when_and_for_which_request(lines: Lines) -> None:
    with (
        context.request(id="req-1"),
        TracerProvider().get_tracer("test").start_as_current_span("work") as span,
    ):
        logs.get_logger("atelier.mesh").warning("mesh built", vertices=13718, ratio=0.5, ok=True, none=None)
    [line] = lines()
    ids = span.get_span_context()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "mesh built",
        "level": "warning",
        "logger_name": "atelier.mesh",
        "service": "mesher",
        "request_id": "req-1",
        "trace_id": f"{ids.trace_id:032x}",
        "span_id": f"{ids.span_id:016x}",
        "vertices": 13718,
        "ratio": 0.5,
        "ok": True,
        "none": None,
    }


def test_a_line_outside_a_request_has_no_ids(lines: Lines) -> None:
    logs.get_logger("x").info("started")
    assert lines()[0].keys() == {"event", "level", "logger_name", "service", "timestamp"}


def test_other_libraries_lines_have_the_same_form(lines: Lines) -> None:
    logging.getLogger("some.library").info("reset %s", "token-x", extra={"password": "hunter2"})
    [line] = lines()
    assert (line["event"], line["logger"], line["level"]) == ("reset token-x", "some.library", "info")
    assert (line["service"], line["password"]) == ("mesher", "[redacted]")


def test_levels_below_the_threshold_are_silent(out: io.StringIO) -> None:
    logs.configure("mesher", stream=out, level="warning")
    logs.get_logger("x").info("quiet")
    logging.getLogger("y").info("quiet")
    logs.get_logger("x").warning("loud")
    logging.getLogger("y").warning("loud")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["loud", "loud"]


@pytest.mark.attack("A59")
@pytest.mark.parametrize(
    "key",
    [
        "password",
        "newPassword",
        "token",
        "refresh_token",
        "Authorization",
        "client_secret",
        "email",
        "apiKey",
    ],
)
def test_secret_keys_lose_their_values_at_any_depth(lines: Lines, key: str) -> None:
    logs.get_logger("x").info("seen", **{key: "hunter2"}, outer={"inner": [{key: {"deep": "hunter2"}}]})
    [line] = lines()
    assert line[key] == "[redacted]"
    assert line["outer"]["inner"][0][key] == "[redacted]"
    assert "hunter2" not in json.dumps(line)


@pytest.mark.attack("A59")
@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.def-123", "abc.def-123"),
        ("token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln was sent", "eyJhbGciOiJFUzI1NiJ9"),
        ("connect postgresql+psycopg://auth:p4ss-w0rd@127.0.0.1/atelier", "p4ss-w0rd"),
        ("no account for anna.schmidt+test@example.org here", "anna.schmidt"),
    ],
)
def test_secrets_inside_a_text_are_taken_out(lines: Lines, text: str, secret: str) -> None:
    log = logs.get_logger("x")
    log.info(text, note=text, many=[text])
    try:
        raise ValueError(text)
    except ValueError:
        log.exception("failed")
    written = json.dumps(lines())
    assert secret not in written
    assert written.count("[redacted]") >= 4


@pytest.mark.attack("A59")
def test_control_characters_are_shown_and_start_no_line(out: io.StringIO) -> None:
    logs.configure("mesher", stream=out, format="console")
    logs.get_logger("x").info("a\r\nfake line", agent="\x1b[31mred\x1b[0m\x00\u2028end")
    written = out.getvalue()
    assert written.count("\n") == 1
    assert "\\x0d\\x0afake line" in written
    assert "\\x1b[31mred\\x1b[0m\\x00\\x2028end" in written


@pytest.mark.attack("A59")
def test_long_values_are_cut(lines: Lines) -> None:
    logs.get_logger("x").info("big", text="x" * 1_000_000, many=list(range(10_000)), photo=b"x" * 5_000_000)
    [line] = lines()
    assert line["text"] == "x" * 1000 + "… [999000 more]"
    assert line["many"] == list(range(50))
    assert line["photo"] == "[5000000 bytes]"


def test_endless_nesting_ends(lines: Lines) -> None:
    knot: dict[str, Any] = {}
    knot["self"] = knot
    logs.get_logger("x").info("knot", knot=knot)
    assert lines()[0]["knot"] == {"self": {"self": {"self": {"self": "[too deep]"}}}}


def test_a_traceback_keeps_its_lines(lines: Lines) -> None:
    try:
        raise ValueError("bad\x1b")
    except ValueError:
        logs.get_logger("x").exception("failed")
    text = lines()[0]["exception"]
    assert text.startswith("Traceback (most recent call last):\n  File ")
    assert text.endswith("ValueError: bad\\x1b")


@pytest.mark.attack("A59")
def test_a_secret_at_the_cut_is_taken_out(lines: Lines) -> None:
    logs.get_logger("x").info(
        "long", text="x" * 970 + " postgresql://auth:hunter2-hunter2-hunter2@127.0.0.1/atelier"
    )
    assert "hunter2" not in lines()[0]["text"]


@pytest.mark.parametrize("part", ["a", "eyJ", "://a:", "a@a"])
def test_no_text_costs_more_than_its_length(part: str) -> None:
    """One four times as long takes four times as long; it would be sixteen where a pattern starts over at each character."""

    def cost(length: int) -> float:
        text = part * (length // len(part)) + "@ "
        return least_cpu_s(lambda: logs.clean(None, "info", {"exception": text}))

    assert cost(16_000) < 8 * cost(4_000)
