"""What a Kubernetes Service does before several gateways: new connections go to those whose /readyz says 200.

`python -m tests.faults.harness.balancer PORT GATEWAY_PORT...`, a process of its own: beside fifty users in one
interpreter it would be what makes them wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import signal
import sys
from collections.abc import Sequence

import httpx

from tests.faults.harness.http import answers, client
from tests.faults.harness.proxy import LOOPBACK, FaultProxy

PROBE_INTERVAL_S = 0.2
_PROBE_TIMEOUT_S = 2.0


class Balancer:
    """Passes connections on to ready gateways, one after another."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = list(ports)
        self._ready = list(ports)
        self._turns = itertools.count()

    async def serve(self, port: int) -> None:
        """Balance until cancelled."""
        proxy = FaultProxy(self._next)
        async with (
            proxy.serving(port),
            client(timeout=_PROBE_TIMEOUT_S, headers={"connection": "close"}) as http,
            asyncio.TaskGroup() as group,
        ):
            for gateway in self._ports:
                group.create_task(self._probe(http, gateway))

    def _next(self) -> tuple[str, int]:
        """The next ready gateway; where none is, a port that nobody listens on."""
        candidates = self._ready or [1]
        return LOOPBACK, candidates[next(self._turns) % len(candidates)]

    async def _probe(self, http: httpx.AsyncClient, port: int) -> None:
        while True:
            ready = await answers(http, f"http://{LOOPBACK}:{port}/readyz")
            others = [each for each in self._ready if each != port]
            self._ready = [*others, port] if ready else others
            await asyncio.sleep(PROBE_INTERVAL_S)


async def main(port: int, gateways: Sequence[int]) -> None:
    """Balance until SIGTERM."""
    task = asyncio.ensure_future(Balancer(gateways).serve(port))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), [int(each) for each in sys.argv[2:]]))
