"""A service behind a real gRPC server on a free port of this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from atelierkit import client, server
from atelierkit.server import Service
from atelierkit.settings import ServiceSettings


@asynccontextmanager
async def serve(
    service: Service, *, timeout_s: float = client.DEFAULT_TIMEOUT_S, **over: Any
) -> AsyncIterator[grpc.aio.Channel]:
    """Serve with every interceptor and give a channel to it; ``over`` are fields of ServiceSettings.

    The channel is the one that services use: failures come back as AppErrors, and a call ends after ``timeout_s``.
    """
    settings = ServiceSettings(**{"host": "127.0.0.1", "port": 0, "drain_grace_s": 0.0, **over})
    async with (
        server.serving(service, settings) as running,
        client.channel(
            f"{settings.host}:{running.port}", settings, services=[service.descriptor], timeout_s=timeout_s
        ) as channel,
    ):
        yield channel
