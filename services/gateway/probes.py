"""Liveness, readiness and metrics, for machines."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from atelierkit.health import Readiness
from services.gateway.middleware import remember_route


class Probes:
    """Answers from memory: an orchestrator's probe waits for no service."""

    def __init__(self, readiness: Readiness, services: Sequence[str], *, serve_metrics: bool) -> None:
        self._readiness = readiness
        self._services = services
        self._serve_metrics = serve_metrics

    def routes(self) -> list[BaseRoute]:
        """The probes' routes."""
        routes: list[BaseRoute] = [
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Route("/readyz/all", self.all_ready),
        ]
        return [*routes, Route("/metrics", self.metrics)] if self._serve_metrics else routes

    async def healthz(self, request: Request) -> Response:
        """The process answers."""
        remember_route(request.scope, "/healthz")
        return JSONResponse({"status": "ok"})

    async def readyz(self, request: Request) -> Response:
        """This gateway can take requests: it knows auth's keys and is not draining."""
        remember_route(request.scope, "/readyz")
        return self._answer(ready=self._readiness.ready)

    async def all_ready(self, request: Request) -> Response:
        """And every service behind it says SERVING."""
        remember_route(request.scope, "/readyz/all")
        return self._answer(ready=self._readiness.ready and all(map(self._readiness.up, self._services)))

    def _answer(self, *, ready: bool) -> Response:
        up = self._readiness.up
        services = {name: "serving" if up(name) else "not_serving" for name in self._services}
        return JSONResponse(
            {"status": "ready" if ready else "not_ready", "services": services}, 200 if ready else 503
        )

    async def metrics(self, request: Request) -> Response:
        """Prometheus' text, or OpenMetrics with exemplars where the scraper asks for it."""
        remember_route(request.scope, "/metrics")
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(REGISTRY), headers={"Content-Type": content_type})
