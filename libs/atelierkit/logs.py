"""Structured logs: one JSON object per line, with trace and request ids, and without secrets.

``configure`` is called once per process, before anything is logged. Other libraries' records, which
come through ``logging``, get the same form.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, TextIO, cast

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from atelierkit import context

_REDACTED = "[redacted]"
_SECRET_KEY = re.compile(
    r"passw|secret|token|authorization|cookie|credential|api_?key|private|e_?mail", re.IGNORECASE
)
# Secrets that hide inside a text: JSON web tokens, bearer headers, URL passwords, e-mail addresses. Repetitions
# are bounded where they could start at every character: no text may cost more than its length.
_SECRET_TEXT = re.compile(
    r"\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?"
    r"|(?i:(?<=bearer )\S+)"
    r"|(?<=://)[^\s:/@]{1,200}:[^\s@]{1,200}(?=@)"
    r"|[\w.+-]{1,64}@[\w-]+\.[\w.-]*\w"
)
_SECRET_HINT = re.compile("@|eyJ|earer |EARER ")
# C0 and C1 control characters, DEL, and the separators that editors show as new lines. Tracebacks keep \n and \t.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_LAYOUT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_LAID_OUT = frozenset({"exception", "stack"})
_MAX_TEXT = 1000
_LONGEST_SECRET = 500
_MAX_TRACEBACK = 16_000
_MAX_ITEMS = 50
_MAX_DEPTH = 4
_ENCODER = json.JSONEncoder()


def configure(
    service: str,
    *,
    level: str = "info",
    format: Literal["json", "console"] = "json",
    stream: TextIO | None = None,
) -> None:
    """Send every log line of this process to ``stream`` (standard error), marked with the service's name."""
    out = stream if stream is not None else sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Correlation(service),
        structlog.processors.format_exc_info,
        clean,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(_json)
        if format == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def get_logger(name: str) -> FilteringBoundLogger:
    """A logger whose lines carry that name; the event is a fixed text, everything else a key."""
    return cast(FilteringBoundLogger, structlog.get_logger(logger_name=name))


def _json(event: EventDict, **_options: Any) -> str:
    # With structlog's own options a new encoder is made for each line; what was cleaned needs none of them.
    return _ENCODER.encode(event)


class _Correlation:
    """Adds the service, and the ids of the request and the span at hand."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        event["service"] = self._service
        if (request_id := context.request_id()) is not None:
            event.setdefault("request_id", request_id)
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            event["trace_id"] = trace.format_trace_id(span.trace_id)
            event["span_id"] = trace.format_span_id(span.span_id)
        return event


def clean(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take secrets out, make control characters visible and cut what is long."""
    return {str(key): _clean(str(key), value, 0) for key, value in event.items()}


def _clean(key: str, value: Any, depth: int) -> Any:
    if _is_secret(key):
        return _REDACTED
    if type(value) is str and key not in _LAID_OUT:
        return _text(value)  # what most values are: first, since each line has ten
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= _MAX_DEPTH:
        return "[too deep]"
    if isinstance(value, Mapping):
        pairs = list(value.items())[:_MAX_ITEMS]
        return {_text(str(name)): _clean(str(name), item, depth + 1) for name, item in pairs}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", item, depth + 1) for item in list(value)[:_MAX_ITEMS]]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    if key in _LAID_OUT:
        return _text(str(value), _CONTROL_BUT_LAYOUT, _MAX_TRACEBACK)
    return _text(str(value))


def _text(text: str, control: re.Pattern[str] = _CONTROL, limit: int = _MAX_TEXT) -> str:
    length = len(text)
    # The patterns see a little more than is kept, so that a secret at the cut is whole and is found.
    text = text[: limit + _LONGEST_SECRET]
    if _SECRET_HINT.search(text):
        text = _SECRET_TEXT.sub(_REDACTED, text)
    if length > limit:
        text = f"{text[:limit]}… [{length - limit} more]"
    if text.isprintable():
        return text
    return control.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    return _SECRET_KEY.search(key) is not None
