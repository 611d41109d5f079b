"""What mutual TLS costs: CPU time of a call and of a new connection, beside plain text in the same run.

`python -m benchmarks.mtls [--calls N]`. Client and server share this process, so each figure is both ends together.
Rounds of the two alternate: what else the machine does hits both alike.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from atelier.catalog.v1 import catalog_pb2, catalog_pb2_grpc
from atelierkit import client, logs, server
from atelierkit.settings import ServiceSettings
from benchmarks.stack import write_result
from deploy.local.certificates import Authority
from services.catalog.adapters.memory import MemoryUnitOfWork
from services.catalog.adapters.seed import released
from services.catalog.bootstrap import assemble

ROUNDS = 9
CONCURRENCY = 8
CONNECTIONS = 40
CATALOG = catalog_pb2.DESCRIPTOR.services_by_name["CatalogService"]

Measure = Callable[[str, ServiceSettings], Awaitable[float]]


async def main(calls: int) -> None:
    logs.configure("benchmark", level="error")
    async with AsyncExitStack() as stack:
        sides = await _sides(stack)
        garment_id = released().garments[0].id
        small = catalog_pb2.GetGarmentRequest(id=garment_id)
        measures: Mapping[str, Measure] = {
            "call, small": lambda address, own: _cost_of_calls(address, own, calls, "GetGarment", small),
            "call, whole catalogue": lambda address, own: _cost_of_calls(
                address, own, calls, "ListGarments", catalog_pb2.ListGarmentsRequest()
            ),
            "connection": _cost_of_connections,
        }
        figures = {name: await _compared(measure, sides) for name, measure in measures.items()}
    _write(figures, calls)


async def _sides(stack: AsyncExitStack) -> Mapping[str, tuple[str, ServiceSettings]]:
    """Address and settings of each side: the same service, on plain text and on mutual TLS."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="atelier-mtls-")))
    tls = Authority().issue("gateway", folder)
    settings = {
        "plain": ServiceSettings(port=0, drain_grace_s=0),
        "mtls": ServiceSettings(
            port=0,
            drain_grace_s=0,
            tls_cert=tls.cert,
            tls_key=tls.key,
            tls_client_ca=tls.client_ca,
            allowed_peers=frozenset({"gateway"}),
        ),
    }
    seed = released()
    service = assemble(units=lambda: MemoryUnitOfWork(seed))
    sides = {}
    for name, own in settings.items():
        running = await stack.enter_async_context(server.serving(service, own))
        sides[name] = (f"127.0.0.1:{running.port}", own)
    return sides


async def _compared(measure: Measure, sides: Mapping[str, tuple[str, ServiceSettings]]) -> dict[str, float]:
    """CPU microseconds on each side, the median over the rounds; the first one warms up."""
    rounds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS + 1):
        for name, (address, own) in sides.items():
            rounds[name].append(await measure(address, own) * 1e6)
    medians = {name: statistics.median(values[1:]) for name, values in rounds.items()}
    return medians | {
        "ratio": statistics.median(
            m / p for p, m in zip(rounds["plain"][1:], rounds["mtls"][1:], strict=True)
        )
    }


async def _cost_of_calls(
    address: str, own: ServiceSettings, count: int, method: str, request: object
) -> float:
    async with client.channel(address, own, services=[CATALOG]) as channel:
        call = getattr(catalog_pb2_grpc.CatalogServiceStub(channel), method)
        await call(request)
        start = time.process_time()
        await asyncio.gather(*(_calls(call, request, count // CONCURRENCY) for _ in range(CONCURRENCY)))
        return (time.process_time() - start) / (count // CONCURRENCY * CONCURRENCY)


async def _calls(call: Callable[[object], Awaitable[object]], request: object, count: int) -> None:
    for _ in range(count):
        await call(request)


async def _cost_of_connections(address: str, own: ServiceSettings) -> float:
    """One connection with what every connection has: handshake, health watch, one call, its end."""
    start = time.process_time()
    for _ in range(CONNECTIONS):
        async with client.channel(address, own, services=[CATALOG]) as channel:
            await catalog_pb2_grpc.CatalogServiceStub(channel).ListSkins(catalog_pb2.ListSkinsRequest())
    return (time.process_time() - start) / CONNECTIONS


def _write(figures: Mapping[str, Mapping[str, float]], calls: int) -> None:
    today = datetime.now(UTC).date().isoformat()
    rows = [
        f"| {name} | {each['plain']:.0f} | {each['mtls']:.0f} | {each['ratio']:.2f} |"
        for name, each in figures.items()
    ]
    table = "\n".join(
        [
            "# What mutual TLS costs",
            "",
            f"`python -m benchmarks.mtls --calls {calls}` · {today} · {os.cpu_count()} cores",
            "",
            f"CPU time of client and server together, in one process: medians of {ROUNDS} rounds of {calls} calls, {CONCURRENCY}",
            f"at a time, and of {CONNECTIONS} connections. The peer's name is checked at every call.",
            "",
            "| | plain text, us | mutual TLS, us | ratio |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )
    write_result("mtls", table, {"date": today, "calls": calls, "microseconds": figures})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=800, help="calls a round and side")
    uvloop.run(main(parser.parse_args().calls))
