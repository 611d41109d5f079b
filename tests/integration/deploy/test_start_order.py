"""Services and workers that start before their database: alive, not ready, and ready once it is there."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]
from sqlalchemy.engine import make_url

from atelierkit.postgres import EmbeddedPostgres
from atelierkit.testing.fixtures import MigratedUrl
from deploy.local.platform import ROOT
from deploy.local.topology import (
    LOOPBACK,
    WITH_DATABASE,
    WORKERS,
    choose_ports,
    environment,
    free_ports,
    module_of,
)
from tests.faults.harness.proxy import FaultProxy
from tests.patience import PATIENCE_S

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

READINESS: Mapping[str, str] = {
    "auth": "atelier.auth.v1.AuthService",
    "catalog": "atelier.catalog.v1.CatalogService",
    "generator": "atelier.generator.v1.GeneratorService",
    "auth-worker": "worker",
    "generator-worker": "worker",
}
"""What the health of each tells its readiness under. The generator is ready when it has auth's keys as well."""


class Waiting:
    """A process, its health, and the events that it has logged so far."""

    def __init__(self, name: str, port: int, process: asyncio.subprocess.Process) -> None:
        self._name = name
        self._port = port
        self.process = process
        self.events: list[str] = []

    async def line(self, event: str) -> None:
        """The next line with that event."""
        assert self.process.stderr is not None
        async with asyncio.timeout(PATIENCE_S):
            async for raw in self.process.stderr:
                self.events.append(json.loads(raw)["event"])
                if self.events[-1] == event:
                    return
        raise AssertionError(f"{self._name} ended without {event!r}: {self.events}")

    async def is_waiting(self) -> None:
        """It has said that its database is away; it lives, and it is not ready."""
        await self.line("worker waits for its database" if self._name in WORKERS else "serving")
        assert "dependency does not answer" in self.events
        async with grpc.aio.insecure_channel(f"{LOOPBACK}:{self._port}") as channel:
            health = health_pb2_grpc.HealthStub(channel)
            told = [
                (await health.Check(health_pb2.HealthCheckRequest(service=name))).status
                for name in ("", READINESS[self._name])
            ]
        assert told == [health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING]

    async def is_ready(self) -> None:
        """Return once its health says so."""
        async with (
            asyncio.timeout(PATIENCE_S),
            grpc.aio.insecure_channel(f"{LOOPBACK}:{self._port}") as channel,
        ):
            asked = health_pb2.HealthCheckRequest(service=READINESS[self._name])
            async for answer in health_pb2_grpc.HealthStub(channel).Watch(asked):
                if answer.status == health_pb2.HealthCheckResponse.SERVING:
                    return

    async def stop(self) -> int:
        """Its exit status after SIGTERM; the rest of its log is read."""
        self.process.send_signal(signal.SIGTERM)
        _, err = await self.process.communicate()
        self.events += [json.loads(raw)["event"] for raw in err.splitlines()]
        return self.process.returncode or 0


Start = Callable[[str], Awaitable[Waiting]]


@pytest.fixture
def database_port() -> int:
    """Nobody listens there yet."""
    [port] = free_ports(1)
    return port


@pytest.fixture
async def start(migrated_url: MigratedUrl, database_port: int, tmp_path: Path) -> AsyncIterator[Start]:
    """Start a process whose database is at that port."""
    ports = choose_ports(0)
    urls = {name: make_url(migrated_url(f"services.{name}")) for name in WITH_DATABASE}
    moved = {
        name: url.set(port=database_port).render_as_string(hide_password=False) for name, url in urls.items()
    }
    started: list[Waiting] = []

    async def run(name: str) -> Waiting:
        variables = environment(
            name, ports=ports, data_dir=tmp_path, root=ROOT, database_urls=moved, gateway_host=LOOPBACK
        )
        made = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module_of(name)),
            env={"GRPC_VERBOSITY": "NONE", **variables},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(Waiting(name, ports[name].serving, made))
        return started[-1]

    yield run
    for each in started:
        if each.process.returncode is None:
            each.process.kill()
            await each.process.communicate()


async def test_whoever_starts_before_the_database_is_ready_once_it_is_there(
    start: Start, database_port: int, postgres: EmbeddedPostgres
) -> None:
    started = [await start(name) for name in READINESS]
    await asyncio.gather(*(each.is_waiting() for each in started))
    port = make_url(postgres.url("auth")).port
    assert port is not None
    async with FaultProxy((LOOPBACK, port)).serving(database_port):
        await asyncio.gather(*(each.is_ready() for each in started))
        assert await asyncio.gather(*(each.stop() for each in started)) == [0] * len(started)
    assert all("dependency answers" in each.events for each in started)


async def test_a_worker_that_waits_for_its_database_can_be_stopped(start: Start) -> None:
    worker = await start("auth-worker")
    await worker.is_waiting()
    assert await worker.stop() == 0
    assert "serving" not in worker.events
    assert worker.events[-1] == "stopped"
