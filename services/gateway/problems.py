"""Errors as HTTP answers: one body for every route, in the request's language.

    {"success": false, "error": "...", "code": "...", "details": [...], "requestId": "...", "retryable": false}

`code` is the reason of the catalogue in `protos/atelier/common/v1/error_reason.proto`, in lower case.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import Scope

from atelierkit import context
from atelierkit.errors import AppError, Code, FieldFault
from atelierkit.identity import InsufficientScope
from services.gateway.convert.fields import http_code, http_field

PROBLEM_JSON = "application/problem+json"
LANGUAGES = ("en", "fr")

STATUS_OF_CODE = {
    Code.INVALID_ARGUMENT: 400,
    Code.FAILED_PRECONDITION: 400,
    Code.OUT_OF_RANGE: 400,
    Code.UNAUTHENTICATED: 401,
    Code.PERMISSION_DENIED: 403,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.ABORTED: 409,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.UNIMPLEMENTED: 501,
    Code.UNAVAILABLE: 503,
    Code.DEADLINE_EXCEEDED: 504,
}
"""HTTP status of a gRPC code; every other code is a fault of ours: 500."""

# gRPC says RESOURCE_EXHAUSTED for "too often", for "too big" and for "too much of everybody"; HTTP does not.
STATUS_OF_REASON = {
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_A_PERSON": 422,
    "INSUFFICIENT_CREDITS": 402,
    "LAST_ADMIN": 409,
    "TOO_MANY_API_KEYS": 409,
    "TOO_MANY_WEBHOOKS": 409,
    "TOO_MANY_POSES": 409,
    "TOO_MANY_SHARES": 409,
    "TOO_MANY_BACKGROUNDS": 409,
    "POLICY_NOT_IN_FORCE": 409,
    "JOB_ENDED": 409,
    "JOB_NOT_FAILED": 409,
    "PHOTOS_DELETED": 409,
    "OVERLOADED": 503,
    "IDEMPOTENCY_MISMATCH": 422,
    # Between our own services: whoever sent the request can do nothing about it.
    "PEER_NOT_ALLOWED": 500,
}
NUMBERS_OF_REASON = {"INSUFFICIENT_CREDITS": ("needed", "available")}
"""Metadata of a reason that is told, instead of faults of fields."""
WORDS_OF_REASON = {
    "INSUFFICIENT_SCOPE": ("scope",),
    "CONSENT_REQUIRED": ("purpose", "version"),
    "POLICY_NOT_IN_FORCE": ("purpose", "version"),
}
"""The same for metadata in words, of which a reason may leave some out."""
RETRYABLE = frozenset({429, 503, 504})

Dialect = Callable[[dict[str, Any], str], dict[str, Any]]
"""The body of a refusal as a route's own clients know it, from the published one; in the request's language."""


class PayloadTooLarge(AppError):
    """The body is larger than the route reads."""

    code = Code.RESOURCE_EXHAUSTED
    reason = "PAYLOAD_TOO_LARGE"


class UnsupportedMediaType(AppError):
    """The body's Content-Type is not one that the route reads."""

    code = Code.INVALID_ARGUMENT
    reason = "UNSUPPORTED_MEDIA_TYPE"


class MethodNotAllowed(AppError):
    """The path exists, and not with this method."""

    code = Code.UNIMPLEMENTED
    reason = "METHOD_NOT_ALLOWED"


class Internal(AppError):
    """A fault of ours, of which the caller hears the request id alone."""

    code = Code.INTERNAL
    reason = "INTERNAL"


@cache
def _texts(language: str) -> dict[str, str]:
    source = files("services.gateway") / "messages" / f"{language}.json"
    texts: dict[str, str] = json.loads(source.read_text("utf-8"))
    return texts


def language_of(headers: Headers) -> str:
    """The first language of Accept-Language that the platform speaks; English otherwise."""
    for entry in headers.get("accept-language", "").split(","):
        tag = entry.split(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return LANGUAGES[0]


def status_of(error: AppError) -> int:
    """HTTP status that answers an error of the contract."""
    return STATUS_OF_REASON.get(error.reason) or STATUS_OF_CODE.get(error.code, 500)


def text(language: str, code: str, limit: str = "") -> str | None:
    """What a published code means, for people; None for a code without a text."""
    return _text(language, code, {"limit": limit})


def told(error: AppError, scope: Scope) -> JSONResponse:
    """The answer to the request of that scope, which failed with `error`, in the dialect that its route speaks."""
    return answer(error, Headers(scope=scope), scope["state"].get("dialect"))


def answer(error: AppError, headers: Headers, dialect: Dialect | None = None) -> JSONResponse:
    """The answer to a request that failed with `error`; `headers` are the request's own."""
    status = status_of(error)
    reason = error.reason if status != 500 else "INTERNAL"
    language = language_of(headers)
    body: dict[str, Any] = {
        "success": False,
        "error": text(language, reason.lower()) or error.message,
        "code": reason.lower(),
        "details": _details(error, language),
        "requestId": context.request_id(),
        # Whoever says when to come again says that it may help.
        "retryable": status in RETRYABLE or error.retry_after_s is not None,
    }
    if dialect is not None:
        body = dialect(body, language)
    media_type = "application/json"
    if PROBLEM_JSON in headers.get("accept", ""):
        media_type = PROBLEM_JSON
        body |= {"type": f"urn:atelier:{body['code']}", "title": body["error"], "status": status}
    extra = {"Content-Language": language}
    if status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    if reason == InsufficientScope.reason:
        extra["WWW-Authenticate"] = _lacking(error)
    if error.retry_after_s is not None:
        extra["Retry-After"] = str(math.ceil(error.retry_after_s))
    return JSONResponse(body, status, extra, media_type)


def _lacking(error: AppError) -> str:
    """The challenge of RFC 6750 for a token that is good, and not good for this."""
    scope = error.metadata.get("scope")
    return 'Bearer error="insufficient_scope"' + (f', scope="{scope}"' if scope else "")


def _details(error: AppError, language: str) -> list[dict[str, str | None]] | dict[str, int] | dict[str, str]:
    if error.reason in NUMBERS_OF_REASON:
        return {name: int(error.metadata[name]) for name in NUMBERS_OF_REASON[error.reason]}
    if error.reason in WORDS_OF_REASON:
        told = WORDS_OF_REASON[error.reason]
        return {name: error.metadata[name] for name in told if name in error.metadata}
    return [_detail(fault, language) for fault in error.faults]


def _detail(fault: FieldFault, language: str) -> dict[str, str | None]:
    code = http_code(fault.code)
    values = {"limit": fault.limit or ""}
    return {
        "field": http_field(fault.field),
        "code": code,
        "message": _text(language, f"field.{code}", values) or fault.message,
        "limit": fault.limit,
    }


def _text(language: str, key: str, values: dict[str, str]) -> str | None:
    text = _texts(language).get(key)
    return text.format(**values) if text is not None else None
