"""Requests with an Idempotency-Key: run once, and answered alike however often they come.

draft-ietf-httpapi-idempotency-key-header-07. Auth knows the keys. A key belongs to its caller and to its route; with another
body it is refused, while the first request runs the second one waits a moment. What is kept is what a handler answered:
answers that ask to try again (503, 504, 429) are not, and bodies that break the rules never get here.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import uuid
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from atelier.auth.v1 import requests_pb2, requests_pb2_grpc
from atelierkit import context, logs
from atelierkit.errors import AppError, Code, FieldFault, InvalidInput
from atelierkit.identity import current_caller
from services.gateway import metrics, multipart, problems

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
_LONGEST_BODY = 1_000_000
_WAITS_S = (0.05, 0.1, 0.2, 0.4)
"""Pauses before asking again whether the first request has ended."""
_LEASE_MARGIN_S = 1.0
"""What a run gets beyond its request's deadline: nobody else may begin while it could still be at work."""
_KEPT_HEADERS = (
    "content-type",
    "content-language",
    "content-disposition",
    "location",
    "etag",
    "cache-control",
)
_NOT_KEPT = frozenset({401, 429})
"""Answers below 500 that the same request may not get again: log in, or come later."""

# An RFC 8941 string, or the same without its quotes, as most clients send it.
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_BARE = re.compile(r"[!#-+\--~]+")

_log = logs.get_logger(__name__)


class IdempotencyInProgress(AppError):
    """The first request with that key is still at work."""

    code = Code.ABORTED
    reason = "IDEMPOTENCY_IN_PROGRESS"


def key_of(headers: Headers) -> str | None:
    """The request's key; None without one. Raise InvalidInput for one that is malformed, or given twice."""
    given = headers.getlist(HEADER)
    if not given:
        return None
    text = given[0].strip()
    quoted = _QUOTED.fullmatch(text)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text if _BARE.fullmatch(text) else ""
    if len(given) > 1 or not 0 < len(key) <= LONGEST_KEY:
        limit = f"one key of 1 to {LONGEST_KEY} printable ASCII characters"
        message = f"{HEADER} must be {limit}"
        raise InvalidInput(message, faults=[FieldFault(HEADER, "idempotency_key", message, limit)])
    return key


def fingerprint(request: Request, data: bytes) -> bytes:
    """SHA-256 of what the request asks: its path, its query and its body.

    The boundary of a form is left out: clients draw another one each time they send the same form.
    """
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith(multipart.MEDIA_TYPE):
        data = data.replace(multipart.boundary(content_type), b"")
    return fingerprint_of(request, data)


def fingerprint_of(request: Request, content: bytes) -> bytes:
    """The same where the body was taken apart already, and `content` says what is in it."""
    address = f"{request.url.path}?{request.url.query}"
    return hashlib.sha256(hashlib.sha256(address.encode()).digest() + content).digest()


def replaying(request: Request, data: bytes) -> Request:
    """The request once more, with a body that was read already."""
    unread = [data]

    async def receive() -> Message:
        # After the body come the client's own messages: that it has gone.
        return {"type": "http.request", "body": unread.pop()} if unread else await request.receive()

    return Request(request.scope, receive)


class Once:
    """Runs requests with keys."""

    def __init__(self, stub: requests_pb2_grpc.RequestServiceAsyncStub) -> None:
        self._stub = stub

    async def answer(
        self,
        request: Request,
        route: str,
        key: str,
        asked: bytes,
        run: Callable[[uuid.UUID], Awaitable[Response]],
    ) -> Response:
        """What `run` answers, now or when the request came first. `run` is given the request's own id; `asked` is the
        request's fingerprint.

        Raise IdempotencyInProgress, and whatever auth refuses: IDEMPOTENCY_MISMATCH for another body.
        """
        name, attempt = _name(request, route, key), str(uuid.uuid4())
        begun = await self._begin(name, asked, attempt)
        if begun.HasField("answer"):
            metrics.KEYED_REQUESTS.labels("replayed").inc()
            return _replayed(begun.answer)
        metrics.KEYED_REQUESTS.labels("run").inc()
        try:
            response = await run(uuid.UUID(begun.run))
        except AppError as error:
            await self._finish(name, attempt, problems.told(error, request.scope))
            raise
        except Exception:
            await self._finish(name, attempt, None)
            raise
        await self._finish(name, attempt, response)
        return response

    async def _begin(
        self, name: requests_pb2.RequestKey, fingerprint: bytes, attempt: str
    ) -> requests_pb2.BeginResponse:
        request = requests_pb2.BeginRequest(key=name, fingerprint=fingerprint, attempt=attempt)
        for pause_s in (0.0, *_WAITS_S):
            await asyncio.sleep(pause_s)
            request.lease.FromMilliseconds(int(((context.remaining_s() or 0.0) + _LEASE_MARGIN_S) * 1000))
            begun = await self._stub.Begin(request)
            if not begun.HasField("running"):
                return begun
        metrics.KEYED_REQUESTS.labels("in_progress").inc()
        raise IdempotencyInProgress("the first request with this key is still at work", retry_after_s=1.0)

    async def _finish(self, name: requests_pb2.RequestKey, attempt: str, response: Response | None) -> None:
        """Keep the answer, or leave the request to be run again. The answer goes out even where auth is away: then the
        lease ends by itself, and a repeated request is run again under the same id.
        """
        request = requests_pb2.FinishRequest(key=name, attempt=attempt, answer=_stored(response))
        try:
            await self._stub.Finish(request)
        except AppError as error:
            metrics.KEYED_REQUESTS.labels("not_kept").inc()
            _log.warning("the answer of a request with a key was not kept", cause=error.message)


def _name(request: Request, route: str, key: str) -> requests_pb2.RequestKey:
    caller = current_caller()
    if caller is not None:
        return requests_pb2.RequestKey(account_id=caller.subject, route=route, key=key)
    # Whoever asks from the same address and knows the whole body, a password say, is the same to us.
    host = request.client.host if request.client else "unknown"
    return requests_pb2.RequestKey(address=host, route=route, key=key)


def _stored(response: Response | None) -> requests_pb2.StoredAnswer | None:
    """The answer where it is worth repeating. A stream is not: no POST answers with one, GET is there for files."""
    if response is None or response.status_code >= 500 or response.status_code in _NOT_KEPT:
        return None
    body = bytes(getattr(response, "body", b""))
    if not hasattr(response, "body") or len(body) > _LONGEST_BODY:
        _log.error("an answer is not one that can be kept", bytes=len(body))
        return None
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    return requests_pb2.StoredAnswer(status=response.status_code, headers=headers, body=body)


def _replayed(answer: requests_pb2.StoredAnswer) -> Response:
    return Response(answer.body, answer.status, {**answer.headers, REPLAYED: "true"})
