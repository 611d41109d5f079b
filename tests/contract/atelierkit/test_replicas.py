"""Several addresses of one service under load: calls spread, and neither a drain nor a renewed certificate loses one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest

from atelierkit import client, server
from atelierkit.errors import AppError
from atelierkit.settings import ServiceSettings, Tls
from deploy.local.certificates import Authority
from tests.contract.atelierkit import echo
from tests.patience import PATIENCE_S

ECHO = echo.file().services_by_name["EchoService"]
CALLERS = 4
NOTICE_S = 0.2


@dataclass
class Replica:
    """One address, and who called it."""

    settings: ServiceSettings
    peers: set[str] = field(default_factory=set)
    certificates: set[bytes] = field(default_factory=set)
    calls: int = 0
    port: int = 0
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        self.calls += 1
        self.peers.add(context.peer())
        self.certificates.update(context.auth_context().get("x509_pem_cert", ()))
        await asyncio.sleep(0.002)
        return request

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve until the block ends, or until stopped before."""
        serving = server.serving(echo.service(Open=self.answer), self.settings)
        self.port = (await serving.__aenter__()).port

        async def leave() -> None:
            await self.stopped.wait()
            await serving.__aexit__(None, None, None)

        leaving = asyncio.create_task(leave())
        try:
            yield
        finally:
            self.stopped.set()
            await leaving


class Load:
    """Calls without pause, none of which may be repeated, until the block ends."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self._over = asyncio.Event()

    @asynccontextmanager
    async def on(self, channel: grpc.aio.Channel) -> AsyncIterator[None]:
        call = echo.call(channel, "Open")
        callers = [asyncio.create_task(self._calls(call)) for _ in range(CALLERS)]
        try:
            yield
        finally:
            self._over.set()
            await asyncio.gather(*callers)

    async def _calls(self, call: Callable[..., Any]) -> None:
        while not self._over.is_set():
            try:
                await call(echo.word())
                self.outcomes["ok"] += 1
            except AppError as error:
                self.outcomes[error.reason] += 1


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - the load itself brings it about
            await asyncio.sleep(0.01)


def settings(tls: Tls | None = None, **over: Any) -> ServiceSettings:
    files = {} if tls is None else {"tls_cert": tls.cert, "tls_key": tls.key, "tls_client_ca": tls.client_ca}
    common: dict[str, Any] = {
        "port": 0,
        "drain_grace_s": 5,
        "endpoint_notice_s": NOTICE_S,
        "allowed_peers": {"gateway"},
    }
    return ServiceSettings(**(common | files | over))


@asynccontextmanager
async def under_load(replicas: list[Replica], caller: ServiceSettings | None = None) -> AsyncIterator[Load]:
    async with AsyncExitStack() as stack:
        for replica in replicas:
            await stack.enter_async_context(replica.running())
        addresses = ",".join(f"127.0.0.1:{replica.port}" for replica in replicas)
        # TLS checks the name in the target, which a list has none of; behind a DNS name it has one.
        target = addresses if len(replicas) == 1 else f"ipv4:{addresses}"
        channel = await stack.enter_async_context(client.channel(target, caller, services=[ECHO]))
        load = Load()
        async with load.on(channel):
            yield load


async def test_calls_spread_over_the_addresses() -> None:
    replicas = [Replica(settings()), Replica(settings())]
    async with under_load(replicas) as load:
        await until(lambda: all(replica.calls for replica in replicas))
        before = [replica.calls for replica in replicas]
        await until(lambda: sum(replica.calls for replica in replicas) > sum(before) + 200)
    first, second = (replica.calls - count for replica, count in zip(replicas, before, strict=True))
    assert abs(first - second) <= 0.1 * (first + second)
    assert set(load.outcomes) == {"ok"}


async def test_a_replica_drains_and_no_call_is_lost() -> None:
    leaves, stays = Replica(settings()), Replica(settings())
    async with under_load([leaves, stays]) as load:
        await until(lambda: leaves.calls > 50 and stays.calls > 50)
        leaves.stopped.set()
        await until(lambda: load.outcomes["ok"] > 800)
        settled = leaves.calls
        await until(lambda: load.outcomes["ok"] > 1000)
        assert leaves.calls == settled
    assert set(load.outcomes) == {"ok"}


async def test_connections_age_and_no_call_is_lost() -> None:
    replica = Replica(settings(max_connection_age_s=0.3))
    async with under_load([replica]) as load:
        await until(lambda: len(replica.peers) >= 4)
    assert set(load.outcomes) == {"ok"}


async def test_new_certificates_of_a_new_authority_are_taken_and_no_call_is_lost(tmp_path: Path) -> None:
    old, new = Authority("old"), Authority("new")

    def issue(authority: Authority, trusted: bytes) -> list[Tls]:
        return [authority.issue(name, tmp_path / name, trusted=trusted) for name in ("mesher", "gateway")]

    mesher, gateway = issue(old, old.pem)
    replica = Replica(settings(mesher))
    async with under_load([replica], settings(gateway)) as load:
        await until(lambda: replica.calls > 50)
        # First both authorities are trusted everywhere, then the new one signs, then the old one is forgotten.
        for authority, trusted in ((old, old.pem + new.pem), (new, old.pem + new.pem), (new, new.pem)):
            known = len(replica.certificates)
            issue(authority, trusted)
            await until(lambda: len(replica.certificates) > known)  # noqa: B023 - awaited here
        behind = settings(old.issue("gateway", tmp_path / "behind", trusted=new.pem))
        async with client.channel(f"127.0.0.1:{replica.port}", behind) as channel:
            with pytest.raises(AppError):
                await echo.call(channel, "Open")(echo.word(), timeout=2)
    assert set(load.outcomes) == {"ok"}
    assert load.outcomes["ok"] > 500


async def test_a_call_goes_on_over_the_connection_that_it_began_on(tmp_path: Path) -> None:
    house = Authority()
    tls = {name: house.issue(name, tmp_path / name) for name in ("mesher", "gateway")}
    begun, goes_on = asyncio.Event(), asyncio.Event()
    peers: list[str] = []

    async def slow(request: Any, context: Any) -> Any:
        peers.append(context.peer())
        begun.set()
        await goes_on.wait()
        return request

    async def several(request: Any, context: Any) -> AsyncIterator[Any]:
        yield echo.word(text="before")
        await goes_on.wait()
        yield echo.word(text="after")

    service = echo.service(Open=slow, Count=several)
    async with (
        server.serving(service, settings(tls["mesher"])) as running,
        client.channel(f"127.0.0.1:{running.port}", settings(tls["gateway"]), services=[ECHO]) as channel,
    ):
        stream = echo.call(channel, "Count")(echo.word())
        assert (await anext(stream)).text == "before"
        call = asyncio.create_task(echo.call(channel, "Open")(echo.word(text="whole")))
        await begun.wait()
        house.issue("gateway", tmp_path / "gateway")
        # The new channel has not connected yet.
        await until(lambda: channel.get_state() is grpc.ChannelConnectivity.IDLE)
        goes_on.set()
        assert (await call).text == "whole"
        assert [answer.text async for answer in stream] == ["after"]
        assert (await echo.call(channel, "Open")(echo.word(text="anew"))).text == "anew"
    assert len(set(peers)) == 2
