"""Serving the application with uvicorn, inside the process' own loop and life."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from atelierkit.health import Readiness
from atelierkit.server import Running
from services.gateway.heads import BoundedHeads
from services.gateway.settings import GatewaySettings

BACKLOG = 1024
KEEP_ALIVE_S = 30


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the process, which stops this server by leaving `serving`."""
        yield


@dataclass(frozen=True)
class Gateway:
    """What bootstrap hands to the runtime."""

    app: ASGIApp
    readiness: Readiness


@asynccontextmanager
async def serving(gateway: Gateway, settings: GatewaySettings) -> AsyncIterator[Running]:
    """Serve while the block runs, then drain: not ready, a wait for it to be noticed, running requests finish.

    Raises OSError when the port is taken.
    """
    listener = _listen(settings)
    server = _Server(
        uvicorn.Config(
            gateway.app,
            loop="none",
            http=BoundedHeads,
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=int(settings.drain_grace_s),
        )
    )
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield Running(listener.getsockname()[1])
    finally:
        gateway.readiness.drain()
        await asyncio.sleep(settings.endpoint_notice_s)
        server.should_exit = True
        await running


def _listen(settings: GatewaySettings) -> socket.socket:
    """A listening socket, made here so that a taken port is an error before anything starts."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise OSError(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
    listener.listen(BACKLOG)
    return listener
