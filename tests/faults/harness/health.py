"""What the probes of an orchestrator would have seen, several times a second."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

import grpc
import httpx

from atelierkit import client as grpc_client
from tests.faults.harness.http import answers, client
from tests.faults.harness.journal import Journal
from tests.faults.harness.stack import Stack, grpc_name

LIVE = "/healthz"
READY = "/readyz"
"""Whether the gateway can take requests."""
ALL_READY = "/readyz/all"
"""Whether all that stands behind it can work as well."""
_INTERVAL_S = 0.1
_TIMEOUT_S = 1.0


class HealthWatch:
    """Probes the first gateway, and gRPC health of the services named; remembers when which answer came."""

    def __init__(self, stack: Stack, journal: Journal, services: Iterable[str]) -> None:
        self._stack = stack
        self._journal = journal
        self._services = tuple(services)
        self._seen: dict[str, list[tuple[float, bool]]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Probe while the block runs."""
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(client(timeout=_TIMEOUT_S))
            channels = {
                service: await stack.enter_async_context(grpc_client.channel(self._stack.of(service).address))
                for service in self._services
            }
            probing = asyncio.create_task(self._probe(http, channels))
            try:
                yield
            finally:
                probing.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await probing

    def good(self, probe: str, begin: float, end: float) -> bool:
        """Whether every answer in that time was good, and there was one."""
        answers = [good for at, good in self._seen.get(probe, []) if begin <= at < end]
        return bool(answers) and all(answers)

    def bad_after(self, probe: str, begin: float) -> float:
        """Seconds from `begin` to the first bad answer; infinite where none came."""
        return min(
            (at - begin for at, good in self._seen.get(probe, []) if at >= begin and not good),
            default=float("inf"),
        )

    def good_after(self, probe: str, begin: float) -> float:
        """Seconds from `begin` to the first good answer; infinite where none came."""
        return min(
            (at - begin for at, good in self._seen.get(probe, []) if at >= begin and good),
            default=float("inf"),
        )

    async def _probe(self, http: httpx.AsyncClient, channels: dict[str, grpc.aio.Channel]) -> None:
        gateway = f"http://{self._stack.of('gateway').address}"
        while True:
            for path in (LIVE, READY, ALL_READY):
                self._note(path, await answers(http, gateway + path))
            for service, channel in channels.items():
                self._note(service, await grpc_client.is_serving(channel, grpc_name(service)))
            await asyncio.sleep(_INTERVAL_S)

    def _note(self, probe: str, good: bool) -> None:
        self._seen.setdefault(probe, []).append((self._journal.now, good))
