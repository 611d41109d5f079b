"""Workers as processes, ended in every way that a process ends."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import client, sql
from atelierkit.jobs import Rail
from tests.integration.atelierkit.jobs.conftest import SCHEMA
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.postgres

ENDLESS = {"seconds": 3600.0}
IMPATIENT = {"JOB_STALLED_AFTER_S": "2"}
"""For workers that wait for the death of others."""


class Worker:
    """A worker's process and what it logged so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []

    async def line(self, event: str) -> dict[str, Any]:
        """The next line with that event."""
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            self.lines.append(json.loads(raw))
            if self.lines[-1]["event"] == event:
                return self.lines[-1]
        raise AssertionError(f"ended without {event!r}: {self.lines}")

    async def ended(self) -> int:
        _, err = await self.process.communicate()
        self.lines += [json.loads(raw) for raw in err.splitlines()]
        return self.process.returncode or 0


Start = Callable[..., Awaitable[Worker]]


@pytest.fixture
async def start(url: str) -> AsyncIterator[Start]:
    workers: list[Worker] = []

    async def run(**variables: str) -> Worker:
        env = {
            "ATELIER_CRANE_DATABASE_URL": url,
            "ATELIER_CRANE_SCHEMA_NAME": SCHEMA,
            "ATELIER_CRANE_JOB_HEARTBEAT_S": "0.1",
            "ATELIER_CRANE_JOB_STALLED_AFTER_S": "60",
            "ATELIER_CRANE_JOB_POLL_S": "0.1",
            "GRPC_VERBOSITY": "NONE",
        }
        made = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.integration.atelierkit.jobs.crane"),
            env=env | {f"ATELIER_CRANE_{name}": value for name, value in variables.items()},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        workers.append(Worker(made))
        return workers[-1]

    yield run
    for worker in workers:
        if worker.process.returncode is None:
            worker.process.kill()
            await worker.ended()


@pytest.fixture
async def kept(engine: AsyncEngine) -> Callable[[], Awaitable[list[tuple[str, int, int]]]]:
    """Status, attempts and deaths of the jobs that are kept."""

    async def look() -> list[tuple[str, int, int]]:
        async with sql.UnitOfWork(engine) as unit:
            query = text("SELECT status::text, attempts, deaths FROM procrastinate_jobs ORDER BY id")
            return [tuple(row) for row in await unit.session.execute(query)]

    return look


async def put(engine: AsyncEngine, rail: Rail, name: str, arguments: dict[str, float]) -> int:
    async with sql.UnitOfWork(engine) as unit:
        return await rail.put(unit.session, name, arguments)


async def test_another_worker_takes_over_from_one_that_was_killed(
    start: Start, engine: AsyncEngine, rail: Rail, kept: Any
) -> None:
    job = await put(engine, rail, "lift", ENDLESS)
    doomed = await start()
    assert (await doomed.line("lifting"))["job"] == job
    other = await start(**IMPATIENT)
    await other.line("serving")
    assert await kept() == [("doing", 0, 0)]
    doomed.process.kill()
    lifting = await other.line("lifting")
    assert (lifting["job"], lifting["request_id"]) == (job, f"job-{job}")
    assert len(lifting["trace_id"]) == 32
    assert await kept() == [("doing", 0, 1)]


async def test_a_job_of_which_three_workers_died_ends_and_its_keeper_is_told(
    start: Start, engine: AsyncEngine, rail: Rail, kept: Any
) -> None:
    await put(engine, rail, "explode", {})
    for _ in range(3):
        worker = await start(**IMPATIENT)
        await worker.line("exploding")
        assert await worker.ended() == -signal.SIGKILL
    last = await start(**IMPATIENT)
    await last.line("buried")
    await last.line("job ended: workers died of it")
    last.process.terminate()
    assert await last.ended() == 0
    assert "exploding" not in [line["event"] for line in last.lines]
    assert await kept() == [("failed", 0, 3)]


@pytest.mark.parametrize("seconds", [0.3, 3600.0], ids=["finishes", "is handed back"])
async def test_a_signal_drains_a_worker(
    start: Start, engine: AsyncEngine, rail: Rail, kept: Any, seconds: float
) -> None:
    await put(engine, rail, "lift", {"seconds": seconds})
    worker = await start(DRAIN_GRACE_S="10" if seconds < 1 else "0.2")
    await worker.line("lifting")
    worker.process.send_signal(signal.SIGTERM)
    assert await worker.ended() == 0
    assert "lifted" in [line["event"] for line in worker.lines] or seconds > 1
    assert await kept() == ([] if seconds < 1 else [("todo", 0, 0)])


async def test_a_worker_that_was_silent_gives_up_its_jobs(
    start: Start, engine: AsyncEngine, rail: Rail, kept: Any
) -> None:
    job = await put(engine, rail, "lift", ENDLESS)
    sleeper = await start()
    await sleeper.line("lifting")
    other = await start(**IMPATIENT)
    await other.line("serving")
    sleeper.process.send_signal(signal.SIGSTOP)
    assert (await other.line("lifting"))["job"] == job
    sleeper.process.send_signal(signal.SIGCONT)
    await sleeper.line("worker was silent for too long")
    await sleeper.line("job was given to another worker meanwhile")
    assert await kept() == [("doing", 0, 1)]


async def test_a_worker_tells_its_metrics_and_its_health(
    start: Start, engine: AsyncEngine, rail: Rail
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    worker = await start(METRICS_PORT=str(port), HEALTH_PORT="0", JOB_CONCURRENCY="1")
    serving = await worker.line("serving")
    assert serving["service"] == "crane-worker"
    async with client.channel(f"127.0.0.1:{serving['port']}") as channel:
        assert await client.is_serving(channel, "worker")
    for seconds in (0.0, 3600.0, 0.0, 0.0):
        await put(engine, rail, "lift", {"seconds": seconds})
    for _ in range(2):
        await worker.line("lifting")
    expected = {
        f'atelier_jobs_waiting{{lane="normal",schema="{SCHEMA}"}} 2.0',
        f'atelier_jobs_waiting{{lane="priority",schema="{SCHEMA}"}} 0.0',
        f'atelier_jobs_running{{schema="{SCHEMA}"}} 1.0',
        'atelier_jobs_runs_total{outcome="done",task="lift"} 1.0',
    }
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
        told: list[str] = []
        while not expected <= set(told):
            told = (await http.get(f"http://127.0.0.1:{port}/metrics")).text.splitlines()
    [age] = [line for line in told if line.startswith('atelier_jobs_oldest_waiting_seconds{lane="normal"')]
    assert 0 < float(age.split()[-1]) < 60
