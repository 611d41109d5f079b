"""A request finds the same route as with Starlette's own router, and is compared with its own area alone."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from services.gateway.areas import Areas

PATHS = (
    ("GET", "/v1/avatars"),
    ("POST", "/v1/avatars"),
    ("GET", "/v1/avatars/{id}.glb"),
    ("GET", "/v1/avatars/{id}"),
    ("DELETE", "/v1/avatars/{id}"),
    ("POST", "/v1/avatars/batch"),
    ("GET", "/v1/me"),
    ("GET", "/healthz"),
)
ASKED = [
    (method, path)
    for method in ("GET", "HEAD", "POST", "DELETE", "PUT")
    for path in (
        "/v1/avatars",
        "/v1/avatars/7",
        "/v1/avatars/7.glb",
        "/v1/avatars/batch",
        "/v1/avatars/7/8",
        "/v1/me",
        "/v1/avatar",
        "/v1",
        "/",
        "/healthz",
        "//v1/avatars",
    )
]


def _routes() -> list[Route]:
    def route(method: str, path: str) -> Route:
        async def endpoint(request: Request) -> PlainTextResponse:
            return PlainTextResponse(f"{method} {path} {request.path_params}")

        return Route(path, endpoint, methods=[method])

    return [route(method, path) for method, path in PATHS]


async def _asked(routes: list[Any], method: str, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        return await client.request(method, f"http://gateway{path}")


@pytest.mark.parametrize(("method", "path"), ASKED)
async def test_answers_are_those_of_starlettes_own_router(method: str, path: str) -> None:
    async def answer(routes: list[Any]) -> tuple[int, str, str | None]:
        got = await _asked(routes, method, path)
        return got.status_code, got.text, got.headers.get("allow")

    assert await answer([Areas(_routes())]) == await answer(list(_routes()))


async def test_a_request_is_compared_with_the_routes_of_its_area_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []
    matches = Route.matches

    def watched(route: Route, scope: Any) -> Any:
        compared.append(route.path)
        return matches(route, scope)

    monkeypatch.setattr(Route, "matches", watched)
    assert (await _asked([Areas(_routes())], "GET", "/v1/me")).status_code == 200
    assert compared == ["/v1/me"]


def test_a_parameter_among_the_first_segments_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="has a parameter"):
        Areas([Route("/v1/{kind}/x", PlainTextResponse(""))])
