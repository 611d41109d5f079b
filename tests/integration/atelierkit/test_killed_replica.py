"""One of two replicas is killed under load: calls that may be repeated do not notice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from atelierkit import client
from deploy.local.processes import Process
from deploy.local.topology import LOOPBACK, free_ports
from tests.contract.atelierkit import echo

ROOT = Path(__file__).resolve().parents[3]
CALLERS = 8
CALLS = 60
WORK_S = 0.02
"""Long enough that the replica dies with calls under way."""


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[list[tuple[Process, str]]]:
    """Two processes of the demo service, with their addresses."""
    with ExitStack() as stack:
        made = []
        for port in free_ports(2):
            variables = {"ATELIER_DEMO_PORT": str(port)}
            log = tmp_path / f"{port}.log"
            process = Process("demo", "tests.integration.atelierkit.demo", variables, log, ROOT)
            stack.callback(process.kill)
            made.append((process, f"{LOOPBACK}:{port}"))
        yield made


async def serves(address: str) -> None:
    async with client.channel(address) as channel, asyncio.timeout(60):
        while not await client.is_serving(channel, echo.NAME):  # noqa: ASYNC110 - the state is told by calls alone
            await asyncio.sleep(0.05)


async def test_the_other_one_answers(replicas: list[tuple[Process, str]]) -> None:
    addresses = [address for _, address in replicas]
    await asyncio.gather(*map(serves, addresses))
    target, service = f"ipv4:{','.join(addresses)}", echo.file().services_by_name["EchoService"]
    under_way = asyncio.Event()

    async def calls(call) -> int:
        for number in range(CALLS):
            assert (await call(echo.word(text=str(number), size_mm=WORK_S))).text == str(number)
            if number == CALLS // 3:
                under_way.set()
        return CALLS

    async with client.channel(target, services=[service]) as channel:
        callers = [asyncio.create_task(calls(echo.call(channel, "Again"))) for _ in range(CALLERS)]
        await under_way.wait()
        assert not any(caller.done() for caller in callers)
        replicas[0][0].kill()
        assert sum(await asyncio.gather(*callers)) == CALLERS * CALLS
