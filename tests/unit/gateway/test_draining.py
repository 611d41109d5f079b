"""A gateway that drains lets its connections go, one answer later."""

from __future__ import annotations

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from atelierkit.health import Readiness
from services.gateway.draining import Draining


async def test_connections_end_with_the_answer_once_it_drains() -> None:
    readiness = Readiness({}, lambda _: None)
    app = Starlette(
        routes=[Route("/", lambda _: PlainTextResponse("here"))],
        middleware=[Middleware(Draining, readiness=readiness)],
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        assert "connection" not in (await client.get("/")).headers
        readiness.drain()
        answer = await client.get("/")
    assert (answer.text, answer.headers["connection"]) == ("here", "close")
