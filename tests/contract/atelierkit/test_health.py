"""What a service says of itself: to probes, to balancers that watch, and on a port of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]
from prometheus_client import REGISTRY

from atelierkit import client, health, server
from atelierkit.errors import AppError, Code
from atelierkit.health import Dependency
from atelierkit.settings import ServiceSettings
from atelierkit.testing import serve
from deploy.local.certificates import Authority
from tests.contract.atelierkit import echo
from tests.patience import PATIENCE_S, ROUNDS

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Switch:
    """A dependency that the test turns on and off."""

    def __init__(self) -> None:
        self.on = asyncio.Event()
        self.on.set()

    async def answers(self) -> None:
        """Fail at once while off."""
        if not self.on.is_set():
            raise OSError("connection refused")

    async def hangs(self) -> None:
        """Do not come back while off."""
        await self.on.wait()

    async def clings(self) -> None:
        """Do not even go when told to, as psycopg with a server that hangs."""
        try:
            await self.on.wait()
        except asyncio.CancelledError:
            await self.on.wait()
            raise


@asynccontextmanager
async def standing_on(dependencies: Mapping[str, Dependency]) -> AsyncIterator[str]:
    """A server that stands on them; gives its address."""
    service = replace(echo.service(), dependencies=dependencies)
    async with server.serving(service, ServiceSettings(port=0, drain_grace_s=0)) as running:
        yield f"127.0.0.1:{running.port}"


async def heard(channel: grpc.aio.Channel, wanted: int) -> float:
    """Seconds until a watcher of the service hears that status."""
    start = time.monotonic()
    request = health_pb2.HealthCheckRequest(service=echo.NAME)
    async for answer in health_pb2_grpc.HealthStub(channel).Watch(request, timeout=PATIENCE_S):
        if answer.status == wanted:
            return time.monotonic() - start
    raise AssertionError("the watch ended without that status")


@pytest.mark.parametrize("way", ["answers", "hangs", "clings"])
async def test_a_lost_dependency_is_told_within_two_seconds_and_the_process_lives_on(way: str) -> None:
    database = Switch()
    async with (
        standing_on({"database": Dependency(getattr(database, way))}) as address,
        client.channel(address) as channel,
    ):
        for _ in range(ROUNDS):
            assert await client.is_serving(channel, echo.NAME)
            database.on.clear()
            lost_s = await heard(channel, NOT_SERVING)
            assert await client.is_serving(channel)
            assert REGISTRY.get_sample_value("atelier_dependency_up", {"dependency": "database"}) == 0
            database.on.set()
            found_s = await heard(channel, SERVING)
            assert REGISTRY.get_sample_value("atelier_dependency_up", {"dependency": "database"}) == 1
            if max(lost_s, found_s) < 2:
                return
    pytest.fail(f"not within two seconds in any of {ROUNDS} rounds")


async def test_a_service_that_lost_its_database_gets_no_call() -> None:
    database = Switch()
    ready = grpc.ChannelConnectivity.READY
    async with (
        standing_on({"database": Dependency(database.answers)}) as address,
        client.channel(address, services=[echo.file().services_by_name["EchoService"]]) as channel,
    ):
        assert (await echo.call(channel, "Open")(echo.word(text="hello"))).text == "hello"
        await client.reaching(channel)()
        database.on.clear()
        async with asyncio.timeout(PATIENCE_S):
            while channel.get_state() is ready:
                await channel.wait_for_state_change(ready)
        with pytest.raises(AppError, match="no address"):
            await client.reaching(channel)()
        with pytest.raises(AppError) as caught:
            await echo.call(channel, "Open")(echo.word(), timeout=PATIENCE_S)
    assert caught.value.code is Code.UNAVAILABLE


async def test_a_soft_dependency_is_told_in_the_metric_alone() -> None:
    catalog, asked = Switch(), asyncio.Event()
    catalog.on.clear()

    async def check() -> None:
        if REGISTRY.get_sample_value("atelier_dependency_up", {"dependency": "soft"}) == 0:
            asked.set()
        await catalog.answers()

    dependency = Dependency(check, hard=False, period_s=0.01)
    async with standing_on({"soft": dependency}) as address, client.channel(address) as channel:
        await asyncio.wait_for(asked.wait(), PATIENCE_S)
        assert await client.is_serving(channel, echo.NAME)


async def test_one_slow_answer_takes_no_service_out_of_balancing() -> None:
    answers = iter([True, False, True, True])
    done = asyncio.Event()
    told: list[bool] = []

    async def check() -> None:
        good = next(answers, None)
        if good is None:
            done.set()
        elif not good:
            raise OSError("too slow")

    async with health.watching({"slow": Dependency(check, period_s=0.0)}, told.append):
        await asyncio.wait_for(done.wait(), PATIENCE_S)
    assert set(told) == {True}


async def test_those_who_watch_hear_of_the_drain_even_when_others_have_left() -> None:
    """Of grpcio-health-checking's own servicer the second watcher would hear nothing."""
    checks = health.Health(echo.NAME)
    checks.tell(ready=True)
    async with (
        health.answering(checks, "127.0.0.1", 0) as port,
        client.channel(f"127.0.0.1:{port}") as channel,
    ):
        watching = [
            health_pb2_grpc.HealthStub(channel).Watch(
                health_pb2.HealthCheckRequest(service=echo.NAME), timeout=PATIENCE_S
            )
            for _ in range(2)
        ]
        assert [(await anext(each)).status for each in watching] == [SERVING, SERVING]
        await watching[0].aclose()
        checks.drain()
        assert (await anext(watching[1])).status == NOT_SERVING
        checks.tell(ready=True)
        checks.end()
        assert [answer async for answer in watching[1]] == []


async def test_an_unknown_name_is_no_service() -> None:
    async with serve(echo.service()) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        unknown = health_pb2.HealthCheckRequest(service="atelier.nothing.v1.NothingService")
        with pytest.raises(AppError) as caught:
            await stub.Check(unknown)
        assert caught.value.code is Code.NOT_FOUND
        first = await anext(stub.Watch(unknown))
        assert first.status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


async def test_the_health_port_speaks_plain_text_beside_tls_and_says_when_it_drains(tmp_path: Path) -> None:
    tls = Authority().issue("mesher", tmp_path)
    settings = ServiceSettings(
        port=0,
        health_port=0,
        drain_grace_s=5,
        endpoint_notice_s=1,
        tls_cert=tls.cert,
        tls_key=tls.key,
        tls_client_ca=tls.client_ca,
    )
    serving = server.serving(echo.service(), settings)
    running = await serving.__aenter__()
    async with client.channel(f"127.0.0.1:{running.health_port}") as probe:
        assert await client.is_serving(probe)
        assert await client.is_serving(probe, echo.NAME)
        with pytest.raises(AppError) as caught:
            await echo.call(probe, "Open")(echo.word())
        assert caught.value.code is Code.UNIMPLEMENTED
        request = health_pb2.HealthCheckRequest(service=echo.NAME)
        watching = health_pb2_grpc.HealthStub(probe).Watch(request, timeout=PATIENCE_S)
        assert (await anext(watching)).status == SERVING
        draining = asyncio.create_task(serving.__aexit__(None, None, None))
        assert (await anext(watching)).status == NOT_SERVING
        assert not await client.is_serving(probe)
        await draining


async def test_a_taken_health_port_is_named() -> None:
    async with health.answering(health.Health(echo.NAME), "127.0.0.1", 0) as port:
        with pytest.raises(OSError, match=f"cannot serve health on 127.0.0.1:{port}"):
            async with server.serving(echo.service(), ServiceSettings(port=0, health_port=port)):
                pass
