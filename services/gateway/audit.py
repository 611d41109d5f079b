"""The audit trail: one entry for each request that was to change something, kept before its answer goes out. Of the routes
of source 001, one for each.

Auth has the trail. `trail.py` takes entries there, after the answer; until then the spool has them.
"""

from __future__ import annotations

import base64
import json
import re
import time
import uuid
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atelier.auth.v1 import audit_pb2
from atelierkit import context
from services.gateway.trail import Trail

MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
ABOUT_ACCOUNTS = "/v1/admin/users/"
"""Routes below this are about the account that their path names; the trail forgets it with the account."""

ALWAYS = "/api/avatar/"
"""Routes below this have an entry for each request, reads included: source 001 promises so, and they are about faces."""

_LONGEST_AGENT = 200
_LONGEST_RESOURCE = 200
_UNPRINTABLE = re.compile(r"[^ -~]")


class Audit:
    """Keeps the entry of each mutating request before its answer begins, refused ones included."""

    def __init__(self, app: ASGIApp, trail: Trail) -> None:
        self._app = app
        self._trail = trail

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not (scope["method"] in MUTATING or scope["path"].startswith(ALWAYS)):
            await self._app(scope, receive, send)
            return
        recorded = False

        async def send_recorded(message: Message) -> None:
            nonlocal recorded
            if message["type"] == "http.response.start" and not recorded:
                recorded = True
                self._record(scope, int(message["status"]))
            await send(message)

        try:
            await self._app(scope, receive, send_recorded)
        finally:
            # The client has gone, or the process ends: there is no answer, and an entry all the same.
            if not recorded:
                self._record(scope, 499)

    def _record(self, scope: Scope, status: int) -> None:
        if not scope["state"].get("reads_only"):
            self._trail.write(_entry(scope, status))


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
    entry.time.FromNanoseconds(time.time_ns())
    return entry


def _resource(route: str, resource: str) -> str:
    about_account = resource and route.startswith(ABOUT_ACCOUNTS)
    return f"account:{resource}" if about_account else resource


def _plain(text: str, most: int) -> str:
    """Cut, and without anything that a log or a terminal would take for more than text."""
    return _UNPRINTABLE.sub("?", text[:most])
