"""Liveness, readiness and metrics, for machines."""

from __future__ import annotations

import asyncio

from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from atelierkit import client
from services.gateway.clients import Clients
from services.gateway.middleware import remember_route


class Probes:
    """Answers whether the process lives, and whether the platform behind it can work."""

    def __init__(self, clients: Clients, *, serve_metrics: bool) -> None:
        self._clients = clients
        self._serve_metrics = serve_metrics

    def routes(self) -> list[BaseRoute]:
        """The probes' routes."""
        routes: list[BaseRoute] = [Route("/healthz", self.healthz), Route("/readyz", self.readyz)]
        return [*routes, Route("/metrics", self.metrics)] if self._serve_metrics else routes

    async def healthz(self, request: Request) -> Response:
        """The process answers."""
        remember_route(request.scope, "/healthz")
        return JSONResponse({"status": "ok"})

    async def readyz(self, request: Request) -> Response:
        """Every service behind the gateway says SERVING."""
        remember_route(request.scope, "/readyz")
        names = list(self._clients.channels)
        serving = await asyncio.gather(*(client.is_serving(self._clients.channels[name]) for name in names))
        services = {
            name: "serving" if good else "not_serving" for name, good in zip(names, serving, strict=True)
        }
        ready = all(serving)
        return JSONResponse(
            {"status": "ready" if ready else "not_ready", "services": services}, 200 if ready else 503
        )

    async def metrics(self, request: Request) -> Response:
        """Prometheus' text, or OpenMetrics with exemplars where the scraper asks for it."""
        remember_route(request.scope, "/metrics")
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(REGISTRY), headers={"Content-Type": content_type})
