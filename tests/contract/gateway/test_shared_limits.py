"""Limits over several gateways, which count in one real store."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from services.gateway.limits import Policy, Share, Windows
from services.gateway.settings import PUBLISHED_LIMITS
from services.gateway.windows import MemoryWindows, StoredWindows, WindowsWithReserve, windows
from tests.contract.gateway.conftest import World, client_of
from tests.contract.gateway.test_v1 import DRAFT
from tests.patience import PATIENCE_S
from tests.unit.gateway.test_limits import SetClock

TEN = Policy("generate", 10, 900)
HUNDRED = Policy("general", 100, 900)
_PROGRAMS = ("valkey-server", "redis-server")


class Store:
    """A server of this test session's own."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._command = [
            program,
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--save",
            "",
            "--dir",
            str(folder),
        ]
        self._log = folder / "store.log"
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and return when it says that it takes connections."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "Ready to accept connections" in line:
                return
        raise AssertionError("the store ended")

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE_S)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    assert program is not None, "no Redis or Valkey server: run deploy/local/redis.sh"
    running = Store(program, tmp_path_factory.mktemp("store"))
    yield running
    running.stop()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def replicas(store: Store, clock: SetClock) -> AsyncIterator[list[StoredWindows]]:
    """Two gateways' windows: one store, a connection each, and nothing left of other tests."""
    connections = [Valkey.from_url(store.url.replace("redis", "valkey")) for _ in range(2)]
    await connections[0].flushall()
    yield [StoredWindows(each, clock) for each in connections]
    for each in connections:
        await each.aclose()


@pytest.mark.attack("A47")
@pytest.mark.parametrize("policy", [TEN, HUNDRED], ids=lambda policy: policy.name)
async def test_the_edges_of_the_window_hold_over_two_gateways(
    replicas: list[StoredWindows], clock: SetClock, policy: Policy
) -> None:
    begin = clock.now
    for index in range(policy.quota):
        clock.now = begin + index
        share = await replicas[index % 2].take("a", policy)
        assert share == Share(True, policy.quota - index - 1, 900.0 - index)
    clock.now = begin + 899.9375
    for replica in replicas:
        assert await replica.take("a", policy) == Share(False, 0, 0.0625)
    clock.now = begin + 900
    assert await replicas[0].take("a", policy) == Share(True, 0, 1.0)
    assert not (await replicas[1].take("a", policy)).allowed
    clock.now = begin + 901
    assert (await replicas[1].take("a", policy)).allowed


@pytest.mark.attack("A47")
async def test_of_a_burst_of_fifty_over_two_gateways_exactly_ten_pass(replicas: list[StoredWindows]) -> None:
    shares = await asyncio.gather(*(replicas[index % 2].take("a", TEN) for index in range(50)))
    assert sum(share.allowed for share in shares) == 10
    assert sorted(share.remaining for share in shares if share.allowed) == list(range(10))


@pytest.mark.attack("A47")
async def test_two_gateways_let_ten_generations_and_a_hundred_requests_through(
    world: World, replicas: list[StoredWindows], clock: SetClock
) -> None:
    """A47, over HTTP: bursts, half of them to each gateway, before and after the window has moved on."""
    token = {"Authorization": f"Bearer {await world.token_of('ada@example.org')}"}
    gateways = [client_of(world.replica(PUBLISHED_LIMITS, each)) for each in replicas]
    gate = asyncio.Semaphore(6)

    async def statuses(method: str, path: str, count: int, **sent: Any) -> list[int]:
        async def ask(index: int) -> int:
            async with gate:
                return (await gateways[index % 2].request(method, path, headers=token, **sent)).status_code

        return sorted(await asyncio.gather(*(ask(index) for index in range(count))))

    assert await statuses("POST", "/v1/avatars", 50, json=DRAFT) == [201] * 10 + [429] * 40
    assert await statuses("GET", "/v1/me", 120) == [200] * 100 + [429] * 20
    clock.now += 899.999
    assert await statuses("POST", "/v1/avatars", 2, json=DRAFT) == [429] * 2
    clock.now += 0.001
    assert await statuses("POST", "/v1/avatars", 12, json=DRAFT) == [201] * 10 + [429] * 2
    assert await statuses("GET", "/v1/me", 102) == [200] * 100 + [429] * 2


async def test_store_and_memory_count_alike(replicas: list[StoredWindows], clock: SetClock) -> None:
    memory: Windows = MemoryWindows(clock)
    for index, pause_s in enumerate([0, 1, 0, 250, 300, 0, 349, 1, 1, 0, 400, 500] * 4):
        clock.now += pause_s / 4
        key, policy = "ab"[index % 2], (TEN, Policy("generate", 3, 60))[index % 3 == 0]
        key += str(policy.quota)
        assert await replicas[index % 2].take(key, policy) == await memory.take(key, policy)


async def test_nothing_stays_in_the_store_for_longer_than_the_window(store: Store) -> None:
    async with Valkey.from_url(store.url.replace("redis", "valkey")) as connection:
        await connection.flushall()
        await StoredWindows(connection).take("a", TEN)
        [key] = await connection.keys()
        assert 0 < await connection.ttl(key) <= 900
    assert key == b"atelier:limits:a"


async def test_a_gateway_goes_on_without_its_store_and_finds_it_again(store: Store, clock: SetClock) -> None:
    async with Valkey.from_url(store.url.replace("redis", "valkey")) as connection:
        counted = WindowsWithReserve(StoredWindows(connection), clock)
        assert (await counted.take("found", TEN)).remaining == 9
        store.stop()
        try:
            shares = [await counted.take("found", TEN) for _ in range(12)]
            assert [share.allowed for share in shares] == [True] * 9 + [False] * 3
        finally:
            store.start()
        clock.now += 1
        # The restarted store is empty; that it let this one in shows that it was asked.
        assert (await counted.take("found", TEN)).allowed


async def test_the_store_is_the_one_that_the_setting_names(store: Store) -> None:
    async with windows(store.url) as one, windows(store.url.replace("redis", "valkey")) as other:
        before = await one.take("named", TEN)
        assert (await other.take("named", TEN)).remaining == before.remaining - 1


async def test_a_store_that_is_away_is_an_error_of_the_store_alone() -> None:
    connection = Valkey.from_url("valkey://127.0.0.1:1")
    with pytest.raises((ValkeyError, OSError)):
        await StoredWindows(connection).take("a", TEN)
    await connection.aclose()
