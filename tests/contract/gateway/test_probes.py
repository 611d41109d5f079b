"""When a gateway is in balancing, and what it says of those behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route

from atelierkit import health
from atelierkit.health import Dependency, Readiness
from services.gateway.middleware import RequestScope
from services.gateway.probes import Probes
from services.gateway.server import Gateway, serving
from services.gateway.settings import GatewaySettings
from tests.patience import PATIENCE_S

NOWHERE: dict[str, Any] = {
    f"{name}_addr": "127.0.0.1:1" for name in ("auth", "catalog", "generator", "mesher", "tryon")
}


def application(routes: Sequence[BaseRoute]) -> Starlette:
    return Starlette(routes=routes, middleware=[Middleware(RequestScope, timeout_s=5, longer={})])


class Checks:
    """Dependencies that answer while they are not in `away`."""

    def __init__(self, *away: str) -> None:
        self.away = set(away)

    def of(self, *names: str) -> Mapping[str, Dependency]:
        return {
            name: Dependency(self._check(name), hard=name == "auth_keys", period_s=0.01) for name in names
        }

    def _check(self, name: str):
        async def check() -> None:
            if name in self.away:
                raise OSError(f"{name} is away")

        return check


@asynccontextmanager
async def probed(checks: Checks) -> AsyncIterator[tuple[httpx.AsyncClient, Readiness]]:
    async with health.watching(checks.of("auth_keys", "auth", "catalog")) as readiness:
        probes = Probes(readiness, ["auth", "catalog"], serve_metrics=False)
        transport = httpx.ASGITransport(application(probes.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            yield http, readiness


async def until_all_ready(http: httpx.AsyncClient, status: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while (await http.get("/readyz/all")).status_code != status:  # noqa: ASYNC110 - told by answers alone
            await asyncio.sleep(0.01)


async def test_a_lost_service_is_named_and_keeps_the_gateway_in_balancing() -> None:
    checks = Checks()
    async with probed(checks) as (http, _):
        await until_all_ready(http, 200)
        checks.away.add("catalog")
        await until_all_ready(http, 503)
        ready = await http.get("/readyz")
        assert ready.status_code == 200
        assert ready.json() == {"status": "ready", "services": {"auth": "serving", "catalog": "not_serving"}}
        checks.away.clear()
        await until_all_ready(http, 200)


async def test_a_gateway_that_cannot_read_tokens_takes_no_requests_yet() -> None:
    checks = Checks("auth_keys", "auth")
    async with probed(checks) as (http, readiness):
        assert (await http.get("/readyz")).status_code == 503
        assert (await http.get("/healthz")).status_code == 200
        checks.away.clear()
        await until_all_ready(http, 200)
        assert (await http.get("/readyz")).status_code == 200
        readiness.drain()
        assert (await http.get("/readyz")).status_code == 503


async def test_a_draining_gateway_says_so_before_it_stops_listening() -> None:
    async with health.watching({}) as readiness:
        probes = Probes(readiness, [], serve_metrics=False)
        work = Route("/work", lambda _: PlainTextResponse("done"))
        gateway = Gateway(application([*probes.routes(), work]), readiness)
        settings = GatewaySettings(port=0, endpoint_notice_s=0.5, drain_grace_s=1, **NOWHERE)
        running = serving(gateway, settings)
        port = (await running.__aenter__()).port
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as http:
            assert (await http.get("/readyz")).status_code == 200
            draining = asyncio.create_task(running.__aexit__(None, None, None))
            await asyncio.sleep(0)
            assert (await http.get("/readyz")).status_code == 503
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as another:
                assert (await another.get("/work")).text == "done"
            await draining
