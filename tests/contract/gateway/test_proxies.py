"""Whose word the gateway takes for how a request came in: HTTPS ends at the ingress."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from atelierkit import health
from services.gateway.server import Gateway, serving
from services.gateway.settings import GatewaySettings
from tests.patience import PATIENCE_S

NOWHERE: dict[str, Any] = {
    f"{name}_addr": "127.0.0.1:1" for name in ("auth", "catalog", "generator", "mesher", "tryon")
}
CLAIMS = {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7"}


@pytest.mark.attack("A11")
@pytest.mark.parametrize(
    ("trusted", "seen"),
    [
        ("", ["http", "127.0.0.1"]),
        ("192.0.2.0/24", ["http", "127.0.0.1"]),
        ("192.0.2.0/24,127.0.0.1", ["https", "203.0.113.7"]),
        ("*", ["https", "203.0.113.7"]),
    ],
)
async def test_a_proxy_is_believed_when_it_is_one_of_ours(trusted: str, seen: list[str]) -> None:
    async def how(request: Request) -> JSONResponse:
        assert request.client is not None
        return JSONResponse([request.url.scheme, request.client.host])

    settings = GatewaySettings(port=0, drain_grace_s=1, trusted_proxies=trusted, **NOWHERE)
    async with health.watching({}) as readiness:
        gateway = Gateway(Starlette(routes=[Route("/how", how)]), readiness)
        async with serving(gateway, settings) as running, httpx.AsyncClient(timeout=PATIENCE_S) as http:
            answer = await http.get(f"http://127.0.0.1:{running.port}/how", headers=CLAIMS)
    assert answer.json() == seen
