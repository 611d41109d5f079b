"""HTTP answers: read, or turned into errors."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from atelier_client.calls import Call
from atelier_client.errors import Refused, UnexpectedAnswer
from atelier_client.wire import decode

Answer = TypeVar("Answer")

# What proxies before the platform answer, and what the platform says with a body that was lost.
_MAY_PASS = frozenset({408, 429, 502, 503, 504})
_SECONDS = re.compile(r"\d{1,9}")


def read(call: Call[Answer], response: httpx.Response) -> Answer:
    """What the call answers. Raises UnexpectedAnswer."""
    shape = call.also.get(response.status_code, call.answer)
    if shape is bytes:
        return response.content  # type: ignore[return-value]  # Answer is bytes here
    if shape is type(None):
        return None
    return decode(shape, _json(response))


def refusal(response: httpx.Response) -> Refused:
    """The error of an answer that is no success."""
    problem = _problem(response)
    code = str(problem.get("code", f"http_{response.status_code}"))
    error = Refused(str(problem.get("error", response.reason_phrase)), status=response.status_code, code=code)
    error.details = problem.get("details", ())
    error.request_id = problem.get("requestId") or response.headers.get("x-request-id")
    error.retryable = response.status_code in _MAY_PASS or problem.get("retryable") is True
    error.retry_after_s = _retry_after_s(response.headers.get("retry-after", ""))
    return error


def _json(response: httpx.Response) -> object:
    try:
        return json.loads(response.content)
    except ValueError as error:
        raise UnexpectedAnswer(f"HTTP {response.status_code} without JSON") from error


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        body = json.loads(response.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _retry_after_s(text: str) -> float | None:
    """Seconds, which may be written as a date; None for neither."""
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())
