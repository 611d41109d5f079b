"""Who takes gzip gets it, where it is worth it; caches are told that it depends on who asks."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.compression import COMPRESS_FROM_BYTES, NOT_COMPRESSED, Compression


async def _asked(
    offered: str, media_type: str = "application/json", size: int = COMPRESS_FROM_BYTES
) -> httpx.Response:
    async def answer(_request: Request) -> Response:
        return Response(b"a" * size, media_type=media_type)

    app = Starlette(routes=[Route("/", answer)], middleware=[Middleware(Compression)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        return await client.get("/", headers={"Accept-Encoding": offered})


@pytest.mark.parametrize("offered", ["gzip", "br, gzip;q=0.8", "deflate, gzip"])
async def test_json_is_compressed_for_who_takes_it(offered: str) -> None:
    answer = await _asked(offered)
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert answer.text == "a" * COMPRESS_FROM_BYTES


@pytest.mark.parametrize("offered", ["identity", "br", ""])
async def test_nobody_else_is_sent_gzip(offered: str) -> None:
    answer = await _asked(offered)
    assert ("content-encoding" in answer.headers, answer.headers["vary"]) == (False, "Accept-Encoding")
    assert answer.text == "a" * COMPRESS_FROM_BYTES


@pytest.mark.parametrize("media_type", sorted(NOT_COMPRESSED))
async def test_what_does_not_shrink_is_left_alone(media_type: str) -> None:
    answer = await _asked("gzip", media_type.replace("*", "x"))
    assert "content-encoding" not in answer.headers


async def test_a_short_answer_is_left_alone() -> None:
    answer = await _asked("gzip", size=COMPRESS_FROM_BYTES - 1)
    assert "content-encoding" not in answer.headers
