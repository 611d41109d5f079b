"""The audit trail: one entry for each request that was to change something, written before its answer goes out.

Auth keeps the trail. Entries of requests that end together go to it in one call: whoever comes while a call is under way
goes with the next, so that an entry costs less the more there are.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import uuid
from collections import deque
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atelier.auth.v1 import audit_pb2, audit_pb2_grpc
from atelierkit import context, logs
from atelierkit.errors import AppError, Code
from services.gateway import metrics

MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
ABOUT_ACCOUNTS = "/v1/admin/users/"
"""Routes below this are about the account that their path names; the trail forgets it with the account."""

_MOST_WAITING = 10_000
_AT_ONCE = 500
_CALL_TIMEOUT_S = 2.0
_PATIENCE_S = 1.0
"""How long an answer waits for its entry."""
_AGAIN_S = 1.0
_LAST_WORDS_S = 2.0
"""What is left of the trail when the process ends gets this long."""
_LONGEST_AGENT = 200
_LONGEST_RESOURCE = 200
_UNPRINTABLE = re.compile(r"[^ -~]")

_log = logs.get_logger(__name__)

_Waiting = tuple[audit_pb2.AuditEntry, asyncio.Future[None]]


class Trail:
    """Writes entries, in calls that several of them share."""

    def __init__(
        self,
        stub: audit_pb2_grpc.AuditServiceAsyncStub,
        most_waiting: int = _MOST_WAITING,
        again_s: float = _AGAIN_S,
    ) -> None:
        """``again_s`` is how long auth is left alone after a call that failed."""
        self._stub = stub
        self._most_waiting = most_waiting
        self._again_s = again_s
        self._waiting: deque[_Waiting] = deque()
        self._work = asyncio.Event()
        self._away = False
        metrics.AUDIT_WAITING.set_function(lambda: len(self._waiting))

    async def write(self, entry: audit_pb2.AuditEntry) -> None:
        """Return once it is written; at once while auth is away: the entry then waits for auth, not for its request."""
        if len(self._waiting) >= self._most_waiting:
            metrics.AUDIT_LOST.inc()
            _log.error("the audit trail lost an entry", operation=entry.operation, outcome=entry.outcome)
            return
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, written))
        self._work.set()
        if not self._away:
            await asyncio.wait((written,), timeout=_PATIENCE_S)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Write while the block runs, and what is left after it."""
        worker = asyncio.create_task(self._write_all())
        try:
            yield
        finally:
            waiting = [written for _, written in self._waiting]
            if waiting:
                await asyncio.wait(waiting, timeout=_LAST_WORDS_S)
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker
            if self._waiting:
                metrics.AUDIT_LOST.inc(len(self._waiting))
                _log.error("the audit trail lost entries at the end", count=len(self._waiting))

    async def _write_all(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while self._waiting:
                group = [self._waiting[index] for index in range(min(len(self._waiting), _AT_ONCE))]
                if await self._written(group):
                    for _, written in group:
                        self._waiting.popleft()
                        written.set_result(None)
                else:
                    await asyncio.sleep(self._again_s)

    async def _written(self, group: list[_Waiting]) -> bool:
        """Whether nothing more is to be done for these."""
        request = audit_pb2.RecordRequest(entries=[entry for entry, _ in group])
        try:
            await self._stub.Record(request, timeout=_CALL_TIMEOUT_S)
        except AppError as error:
            if error.code is Code.INVALID_ARGUMENT:
                # A bug of ours: the same entries would be refused for ever, and all others behind them.
                metrics.AUDIT_LOST.inc(len(group))
                _log.exception("the audit trail refused entries", count=len(group), cause=error.message)
                return True
            if not self._away:
                _log.warning(
                    "audit entries wait: auth is away", cause=error.message, count=len(self._waiting)
                )
            self._away = True
            return False
        if self._away:
            _log.info("audit entries are written again")
        self._away = False
        return True


class Audit:
    """Writes the entry of each mutating request before its answer begins, refused ones included."""

    def __init__(self, app: ASGIApp, trail: Trail) -> None:
        self._app = app
        self._trail = trail

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in MUTATING:
            await self._app(scope, receive, send)
            return
        recorded = False

        async def send_recorded(message: Message) -> None:
            nonlocal recorded
            if message["type"] == "http.response.start" and not recorded:
                recorded = True
                await self._record(scope, int(message["status"]))
            await send(message)

        try:
            await self._app(scope, receive, send_recorded)
        finally:
            # The client has gone, or the process ends: there is no answer, and an entry all the same.
            if not recorded:
                await self._record(scope, 499)

    async def _record(self, scope: Scope, status: int) -> None:
        if not scope["state"].get("reads_only"):
            await self._trail.write(_entry(scope, status))


def note_caller(state: MutableMapping[str, Any], subject: str) -> None:
    """Note whose request it is, for its entry."""
    state["account_id"] = subject


def note_account(request: Request, account_id: str) -> None:
    """Note whose account was made or opened, now that it is: a request that failed names nobody."""
    note_caller(request.scope["state"], account_id)


def note_log_in(request: Request, access_token: str) -> None:
    """Note whose session an access token is, one that auth gave just now."""
    payload = access_token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    note_account(request, claims["sub"])


def note_resource(request: Request, made: object) -> None:
    """Note what the request was about: what its path names, else what it made. Of people, who asked says it all."""
    state = request.scope["state"]
    resource = request.path_params.get("id") or getattr(made, "id", None)
    if isinstance(resource, str) and resource != state.get("account_id"):
        state["resource"] = resource


def _entry(scope: Scope, status: int) -> audit_pb2.AuditEntry:
    state = scope["state"]
    route = state.get("route", "unmatched")
    resource = state.get("resource", "")
    entry = audit_pb2.AuditEntry(
        id=str(uuid.uuid4()),
        account_id=state.get("account_id", ""),
        address=scope["client"][0] if scope.get("client") else "",
        agent=_plain(Headers(scope=scope).get("user-agent", ""), _LONGEST_AGENT),
        operation=f"{scope['method']} {route}",
        outcome=status,
        request_id=context.request_id() or "",
        resource_id=_plain(_resource(route, resource), _LONGEST_RESOURCE),
    )
    entry.time.GetCurrentTime()
    return entry


def _resource(route: str, resource: str) -> str:
    about_account = resource and route.startswith(ABOUT_ACCOUNTS)
    return f"account:{resource}" if about_account else resource


def _plain(text: str, most: int) -> str:
    """Cut, and without anything that a log or a terminal would take for more than text."""
    return _UNPRINTABLE.sub("?", text[:most])
