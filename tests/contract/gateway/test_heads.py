"""Heads that are too long for a request, on a real connection: ATTACKS A09 and A25."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from atelierkit import health
from services.gateway.heads import MOST_HEAD_BYTES
from services.gateway.server import Gateway, serving
from services.gateway.settings import GatewaySettings

NOWHERE: dict[str, Any] = {
    f"{name}_addr": "127.0.0.1:1" for name in ("auth", "catalog", "generator", "mesher", "tryon")
}
GET = b"GET /how HTTP/1.1\r\nhost: gateway\r\n"
POST = b"POST /how HTTP/1.1\r\nhost: gateway\r\ntransfer-encoding: chunked\r\n\r\n"
ENDLESS = 64 * MOST_HEAD_BYTES
"""Bytes that are sent at most to a server that takes whatever it gets."""


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async def how(request: Request) -> JSONResponse:
        return JSONResponse({"body": len(await request.body()), "headers": len(request.headers)})

    settings = GatewaySettings(port=0, drain_grace_s=1, **NOWHERE)
    app = Starlette(routes=[Route("/how", how, methods=["GET", "POST"])])
    async with health.watching({}) as readiness, serving(Gateway(app, readiness), settings) as running:
        yield running.port


async def told(port: int, begin: bytes, again: bytes, end: bytes = b"", times: int = 0) -> tuple[int, bytes]:
    """Send the beginning, then one thing again and again, until there is an answer; gives how much was sent, and it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.create_task(reader.read())
    writer.write(begin)
    sent = len(begin)
    try:
        while sent < ENDLESS and not answer.done() and (not times or sent < len(begin) + times * len(again)):
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(0)  # the server runs here as well
            sent += len(again)
        writer.write(end)
        return sent, await answer
    except ConnectionError:
        return sent, b""
    finally:
        answer.cancel()
        writer.close()


@pytest.mark.attack("A09", "A25")
@pytest.mark.parametrize(
    ("begin", "again"),
    [
        (GET + b"authorization: Bearer ", b"a" * 4096),
        (GET + b"x-", b"a" * 4096),
        (GET, b"x-a: b\r\n" * 512),
        (b"GET /", b"a" * 4096),
        (POST + b"1;", b"a" * 4096),
        (POST + b"1\r\na\r\n0\r\nx-a: ", b"a" * 4096),
    ],
    ids=["one value", "one name", "many lines", "the address", "a chunk's extension", "a trailer"],
)
async def test_what_has_no_end_is_read_to_the_limit(port: int, begin: bytes, again: bytes) -> None:
    sent, answer = await told(port, begin, again)
    # A few reads are under way between the two sides; nothing but the limit ends them long before this.
    assert sent < ENDLESS // 4
    # Where an answer has begun, or what was on its way is thrown away with the connection, there is none.
    assert answer[:13] in {b"", b"HTTP/1.1 431 "}


async def test_a_long_head_is_a_head(port: int) -> None:
    lines = MOST_HEAD_BYTES // 2 // 1024
    end = b"connection: close\r\n\r\n"
    _, answer = await told(port, GET, b"x-a: " + b"b" * 1017 + b"\r\n", end, times=lines)
    assert answer[:13] == b"HTTP/1.1 200 "
    assert f'"headers":{lines + 2}'.encode() in answer


async def test_a_body_counts_for_nothing(port: int) -> None:
    chunk = b"1000\r\n" + b"a" * 4096 + b"\r\n"
    times = 4 * MOST_HEAD_BYTES // 4096
    begin = POST.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
    _, answer = await told(port, begin, chunk, b"0\r\n\r\n", times=times)
    assert f'"body":{times * 4096}'.encode() in answer
