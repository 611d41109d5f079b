"""What routes of every source have in common: they are counted, stand in a queue, and answer in one envelope."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.gateway.bulkheads import Work
from services.gateway.limits import Cost
from services.gateway.middleware import remember_route
from services.gateway.operations import Backend
from services.gateway.problems import Dialect

Handler = Callable[[Request], Awaitable[Response]]


def success(data: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> JSONResponse:
    """What the sources call a success."""
    return JSONResponse({"success": True, "data": data}, status)


def route(
    backend: Backend,
    method: str,
    path: str,
    handler: Handler,
    work: Work,
    cost: Cost = Cost.GENERAL,
    dialect: Callable[[State], Dialect] | None = None,
) -> Route:
    """The Starlette route. As in /v1, the crowd is refused before a request is counted and read; `dialect` is what its
    refusals are worded in.
    """

    async def endpoint(request: Request) -> Response:
        remember_route(request.scope, path)
        if dialect is not None:
            request.state.dialect = dialect(request.state)
        backend.bulkheads[work].check(path)
        await backend.limiter.admit(cost, request)
        return await handler(request)

    return Route(path, endpoint, methods=[method])
