"""The health check of an image, against real servers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from atelierkit import probe, server
from atelierkit.settings import ServiceSettings
from deploy.local.topology import free_ports
from tests.contract.atelierkit import echo


async def ask(*arguments: str, **variables: object) -> None:
    """Run the probe beside the loop that serves; its sentence comes as SystemExit."""
    environment = {f"ATELIER_ECHO_{name}": str(value) for name, value in variables.items()}
    await asyncio.to_thread(probe.main, ["echo", *arguments], environment)


async def test_a_service_that_serves_is_healthy() -> None:
    settings = ServiceSettings(port=0, health_port=0, drain_grace_s=0.0)
    async with server.serving(echo.service(), settings) as running:
        await ask(METRICS_HOST="0.0.0.0", HEALTH_PORT=running.health_port, PORT=1)  # noqa: S104
        await ask(HOST="127.0.0.1", PORT=running.port)
        await ask("--name", echo.NAME, HEALTH_PORT=running.health_port)


async def test_a_name_that_is_not_served_is_not_healthy() -> None:
    async with server.serving(echo.service(), ServiceSettings(port=0, drain_grace_s=0.0)) as running:
        with pytest.raises(SystemExit, match="NOT_FOUND"):
            await ask("--name", "atelier.other.v1.OtherService", PORT=running.port)


async def test_nobody_there_is_told_in_a_sentence() -> None:
    (port,) = free_ports(1)
    with pytest.raises(SystemExit, match=f"127.0.0.1:{port} answers UNAVAILABLE"):
        await ask(PORT=port)
    with pytest.raises(SystemExit, match="does not answer"):
        await ask("--http", "/healthz", PORT=port)
    with pytest.raises(SystemExit, match="ATELIER_ECHO_PORT is not set"):
        await ask()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
async def test_http_is_healthy_at_200_alone(status: int, healthy: bool) -> None:
    with answering(status) as port:
        if healthy:
            await ask("--http", "/healthz", PORT=port, HEALTH_PORT=1)
        else:
            with pytest.raises(SystemExit, match="/healthz answers 503"):
                await ask("--http", "/healthz", PORT=port)


@contextmanager
def answering(status: int) -> Iterator[int]:
    """A server that gives this status to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Nothing to say."""

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield listening.server_port
        finally:
            listening.shutdown()
            thread.join()
