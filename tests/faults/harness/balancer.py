"""What a Kubernetes Service does before several gateways: new connections go to those whose /readyz says 200."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx

from tests.faults.harness.proxy import LOOPBACK, FaultProxy

PROBE_INTERVAL_S = 0.2
_PROBE_TIMEOUT_S = 1.0


class Balancer:
    """A port that passes connections on to ready gateways, one after another."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = list(ports)
        self._ready = list(ports)
        self._turns = itertools.count()
        self._proxy = FaultProxy(self._next)

    @property
    def address(self) -> str:
        """host:port that clients connect to."""
        return self._proxy.address

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Balancer]:
        """Balance while the block runs."""
        async with self._proxy.serving(), httpx.AsyncClient(timeout=_PROBE_TIMEOUT_S) as http:
            probing = asyncio.create_task(self._probe(http))
            try:
                yield self
            finally:
                probing.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await probing

    def _next(self) -> tuple[str, int]:
        """The next ready gateway; where none is, a port that nobody listens on."""
        candidates = self._ready or [1]
        return LOOPBACK, candidates[next(self._turns) % len(candidates)]

    async def _probe(self, http: httpx.AsyncClient) -> None:
        while True:
            answers = await asyncio.gather(*(self._is_ready(http, port) for port in self._ports))
            self._ready = [port for port, ready in zip(self._ports, answers, strict=True) if ready]
            await asyncio.sleep(PROBE_INTERVAL_S)

    async def _is_ready(self, http: httpx.AsyncClient, port: int) -> bool:
        try:
            answer = await http.get(f"http://{LOOPBACK}:{port}/readyz", headers={"connection": "close"})
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK
