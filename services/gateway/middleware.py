"""What surrounds every request: its id and deadline, its log line, its failures, its caller."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atelierkit import context, identity, logs
from atelierkit.errors import AppError, Overloaded
from atelierkit.metrics import observe, reason_label
from services.gateway import audit, metrics, problems
from services.gateway.sessions import Callers

UNMATCHED = "unmatched"
"""Route label of requests that no route answers: paths are not labels."""

# The page draws with WebGL and loads its own GLBs, pictures and films as blobs; nothing comes from elsewhere.
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self' blob: data:; "
        "style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

# As they go over the wire.
_SECURITY = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_REQUEST_ID = context.REQUEST_ID_KEY.encode()

_log = logs.get_logger(__name__)


class RequestScope:
    """Gives each request an id and a deadline, and tells the log and the metrics how it went."""

    def __init__(
        self,
        app: ASGIApp,
        timeout_s: float,
        longer: Mapping[tuple[str, str], float] | None = None,
        patterns: Sequence[tuple[re.Pattern[str], float]] = (),
        streams: re.Pattern[str] | None = None,
        stream_s: float = 0.0,
    ) -> None:
        """``longer`` are deadlines of their own, by method and path, ``patterns`` by paths that are like one. Answers at
        paths like ``streams`` last up to ``stream_s``; what is measured of them is the time until they begin.
        """
        self._app = app
        self._timeout_s = timeout_s
        self._longer = longer or {}
        self._patterns = patterns
        self._streams = streams
        self._stream_s = stream_s
        self._unanswered: dict[int, float] = {}
        # Bound once: a logger that is bound again for each line takes as long as the rest of the line.
        self._log = _log.bind()
        metrics.OVERDUE.set_function(self._overdue)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        offered = Headers(scope=scope).get(context.REQUEST_ID_KEY)
        started = time.perf_counter()
        status = 500
        lasting = self._streams is not None and self._streams.fullmatch(scope["path"]) is not None
        timeout_s = self._stream_s if lasting else self._deadline_s(scope["method"], scope["path"])
        self._unanswered[id(scope)] = started + (self._timeout_s if lasting else timeout_s)
        answered: float | None = None
        with (
            context.request(id=offered, timeout_s=timeout_s) as request_id,
            metrics.IN_FLIGHT.track_inprogress(),
        ):

            async def send_marked(message: Message) -> None:
                nonlocal status, answered
                if message["type"] == "http.response.start":
                    status = int(message["status"])
                    answered = time.perf_counter() if lasting else None
                    self._unanswered.pop(id(scope), None)
                    own = scope["state"].get("headers", ())
                    message["headers"] = [
                        *message["headers"],
                        (_REQUEST_ID, request_id.encode()),
                        *own,
                        *_security(message["headers"]),
                    ]
                await send(message)

            try:
                await self._app(scope, receive, send_marked)
            finally:
                self._unanswered.pop(id(scope), None)
                self._record(scope, status, (answered or time.perf_counter()) - started)

    def _deadline_s(self, method: str, path: str) -> float:
        own = self._longer.get((method, path))
        if own is not None:
            return own
        like = (seconds for pattern, seconds in self._patterns if pattern.fullmatch(path))
        return next(like, self._timeout_s)

    def _overdue(self) -> float:
        """Requests that should have been answered by now; asked by the thread that serves metrics, hence the copy."""
        now = time.perf_counter()
        return sum(deadline < now for deadline in tuple(self._unanswered.values()))

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope["state"].get("route", UNMATCHED)
        method = scope["method"] if route != UNMATCHED else "other"
        metrics.REQUESTS.labels(route, method, str(status)).inc()
        observe(metrics.REQUEST_DURATION, seconds, route=route, method=method)
        # A crowd that is turned away is counted, and not written down one by one: its lines would bury all others.
        log = self._log.debug if scope["state"].get("turned_away") else self._log.info
        log("request", route=route, method=method, status=status, duration_ms=round(seconds * 1000, 2))


def _security(named: Sequence[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """What every answer says of itself, but for what its route has named."""
    names = {name for name, _ in named}
    return (header for header in _SECURITY if header[0] not in names)


class Failures:
    """Turns what a route raises into an answer: errors of the contract as they are, bugs as a bare 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_watched)
        except AppError as error:
            if problems.status_of(error) == 500:
                _log.error("refused by a service", reason=error.reason, cause=error.message)
            scope["state"]["turned_away"] = error.reason == Overloaded.reason
            failure = error
        except Exception as error:  # noqa: BLE001  the last guard: whatever a bug raises is logged and told to nobody
            _log.exception("request failed", cause=type(error).__name__)
            failure = problems.Internal("internal error")
        else:
            return
        metrics.REFUSALS.labels(reason_label(failure)).inc()
        if begun:
            # Half an answer is out: only closing the connection tells the client that it is not whole.
            raise ConnectionAbortedError("the answer broke off")
        await problems.told(failure, scope)(scope, receive, send)


class Identity:
    """Finds out who calls; a token that is not valid makes the caller anonymous."""

    def __init__(self, app: ASGIApp, callers: Callers) -> None:
        self._app = app
        self._callers = callers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller = await self._callers.of(scope["method"], Headers(scope=scope))
        if caller is not None:
            audit.note_caller(scope["state"], caller.subject)
        with identity.acting(caller):
            await self._app(scope, receive, send)


def remember_route(scope: Mapping[str, Any], path: str) -> None:
    """Note the route template of the request at hand, for its log line and its metrics."""
    scope["state"]["route"] = path
