"""Uploads and downloads that are still under way when something breaks."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import httpx

from tests.faults.harness.http import client, no_authorities
from tests.faults.harness.journal import Entry
from tests.faults.harness.users import Api, User, parsed

_PIECE = b"0 0 0\n" * 200
_PAUSE_S = 0.05
_OWN_PACE_S = 60.0
"""A client that does not read sets the pace itself; it must not be held for longer."""
_SMALL_BUFFER_BYTES = 65_536
"""What a client's kernel takes beforehand: what is not read stays with the server, or in its kernel."""


async def slow_upload(api: Api, user: User, begun: asyncio.Event) -> Entry:
    """A scan that never ends; it sets `begun` once the server has taken some of it."""

    async def pieces() -> AsyncIterator[bytes]:
        for index in range(round(api.deadline_s / _PAUSE_S)):
            yield _PIECE
            if index == 1:
                begun.set()
            await asyncio.sleep(_PAUSE_S)

    headers = {"content-type": "text/plain"}
    entry, _ = await api.ask("upload", "POST", "/v1/clouds", user=user, content=pieces(), headers=headers)
    begun.set()
    return entry


async def held_download(
    api: Api, url: str, user: User, path: str, begun: asyncio.Event, go_on: asyncio.Event
) -> Entry:
    """A file of which some is read, and the rest after `go_on`; the journal keeps the hash of what came whole."""
    entry = api.journal.begin(
        "download", user.email, {"path": path}, due=api.journal.now, deadline_s=_OWN_PACE_S
    )
    options = [(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER_BYTES)]
    transport = httpx.AsyncHTTPTransport(socket_options=options, verify=no_authorities())
    try:
        async with (
            client(url, transport=transport, timeout=_OWN_PACE_S) as http,
            http.stream("GET", path, headers=user.headers) as answer,
        ):
            entry.headers = {"etag": answer.headers.get("etag", "")}
            if answer.status_code == HTTPStatus.OK:
                entry.answer = await _read(answer, begun, go_on)
            else:
                await answer.aread()
                entry.answer, entry.headers = parsed(answer), dict(answer.headers)
            entry.status = answer.status_code
    except httpx.TransportError as error:
        entry.hung = isinstance(error, httpx.TimeoutException)
        entry.closed_by = type(error).__name__
    finally:
        begun.set()
        api.journal.end(entry)
    return entry


async def _read(answer: httpx.Response, begun: asyncio.Event, go_on: asyncio.Event) -> dict[str, Any]:
    hashed, size = hashlib.sha256(), 0
    async for piece in answer.aiter_raw():
        hashed.update(piece)
        size += len(piece)
        begun.set()
        await go_on.wait()
    return {"sha256": hashed.hexdigest(), "size": size}
