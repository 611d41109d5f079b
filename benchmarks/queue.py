"""The rail beside bare procrastinate, and its lanes under three times what the workers can do: `python -m benchmarks.queue`.

Pick-up is the time from the commit of a job to the first line of its task. Rail and bare procrastinate take turns in one
process, on one PostgreSQL, so that a busy machine is busy for both. A job of the lanes sleeps: the machine's speed says
nothing about who is next.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psycopg
from procrastinate import App, PsycopgConnector
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import migrations, sql
from atelierkit.jobs import Lane, Rail, schema
from atelierkit.postgres import EmbeddedPostgres
from benchmarks.stack import write_result

SCHEMA = "generator"
HANDS = 4
JOB_S = 0.1
"""What a job takes on average: between half of it and one and a half, as jobs differ."""
CAPACITY = HANDS / JOB_S
OVERLOAD = 3.0
PRIORITY_SHARE = 0.1
"""Of the capacity that priority jobs want, unloaded and in the crowd alike."""
BACKLOG = 800
"""Jobs that wait in each lane where the shares are counted."""


async def pick_ups(rounds: int, postgres: EmbeddedPostgres) -> dict[str, list[float]]:
    """Seconds of each pick-up, of the rail and of bare procrastinate by turns."""
    started: asyncio.Queue[float] = asyncio.Queue()

    async def note() -> None:
        started.put_nowait(time.perf_counter())

    seconds: dict[str, list[float]] = {"bare procrastinate": [], "the rail": []}
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(sql.engine(_database(postgres, "rail"), schema=SCHEMA))
        rail = Rail(_database(postgres, "rail"), schema=SCHEMA)
        rail.task("note")(note)
        await stack.enter_async_context(rail.working(HANDS))
        bare_engine = await stack.enter_async_context(sql.engine(_database(postgres, "bare"), schema=SCHEMA))
        await stack.enter_async_context(_bare_worker(_database(postgres, "bare"), note))

        async def put_on_rail() -> float:
            async with sql.UnitOfWork(engine) as unit:
                await rail.put(unit.session, "note", {})
                return time.perf_counter()

        async def put_bare() -> float:
            async with sql.UnitOfWork(bare_engine) as unit:
                await unit.session.execute(text(_DEFER))
                return time.perf_counter()

        for turn in range(rounds + _WARM_UP):
            for name, put in (("bare procrastinate", put_bare), ("the rail", put_on_rail)):
                begun = await put()
                took = await started.get() - begun
                if turn >= _WARM_UP:
                    seconds[name].append(took)
                # Ends and events of the last one are written before the next.
                await asyncio.sleep(random.uniform(0.01, 0.03))  # noqa: S311
    return seconds


_WARM_UP = 20
_DEFER = """
SELECT procrastinate_defer_jobs_v1(ARRAY[
    ROW('default', 'note', 0, NULL, NULL, '{}', NULL)::procrastinate_job_to_defer_v1])
"""


@asynccontextmanager
async def _bare_worker(url: str, note: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    connector = PsycopgConnector(
        conninfo=_plain(url),
        kwargs={"options": f"-c search_path={SCHEMA}"},
    )
    app = App(connector=connector)
    app.task(name="note")(note)
    async with app.open_async():
        work = app.run_worker_async(
            concurrency=HANDS, install_signal_handlers=False, delete_jobs="successful"
        )
        worker = asyncio.create_task(work)
        try:
            yield
        finally:
            worker.cancel()
            await asyncio.wait([worker])


class Shop:
    """A rail whose jobs sleep, and what became of each."""

    def __init__(self, engine: AsyncEngine, rail: Rail) -> None:
        self._engine = engine
        self._rail = rail
        self.begun: list[tuple[Lane, float, float]] = []
        """Lane, seconds until the job began, seconds until it had ended."""
        self.counted = asyncio.Event()
        self._pace = random.Random(1)  # noqa: S311
        rail.task("sleep")(self._sleep)

    async def _sleep(self, *, lane: str, put: float, seconds: float) -> None:
        wait_s = time.time() - put
        self.begun.append((Lane(lane), wait_s, wait_s + seconds))
        if len(self.begun) >= _COUNTED:
            self.counted.set()
        await asyncio.sleep(seconds)

    async def put(self, lane: Lane, count: int = 1) -> None:
        async with sql.UnitOfWork(self._engine) as unit:
            for _ in range(count):
                seconds = JOB_S * self._pace.uniform(0.5, 1.5)
                arguments = {"lane": lane.value, "put": time.time(), "seconds": seconds}
                await self._rail.put(unit.session, "sleep", arguments, lane=lane)

    async def open(self, seconds: float, rates: dict[Lane, float]) -> None:
        """Jobs come at random moments, so many a second of each lane."""
        pace, end = random.Random(1), time.perf_counter() + seconds  # noqa: S311
        coming = [self._come(lane, rate, end, pace) for lane, rate in rates.items() if rate]
        await asyncio.gather(*coming)

    async def _come(self, lane: Lane, rate: float, end: float, pace: random.Random) -> None:
        together = max(1, round(rate / 20))
        while time.perf_counter() < end:
            await self.put(lane, together)
            await asyncio.sleep(pace.expovariate(rate / together))


@asynccontextmanager
async def shop(url: str) -> AsyncIterator[tuple[Shop, Rail]]:
    async with sql.engine(url, schema=SCHEMA) as engine:
        rail = Rail(url, schema=SCHEMA)
        yield Shop(engine, rail), rail


async def priority_waits(seconds: float, url: str, load: float) -> Sequence[tuple[float, float]]:
    """Waits and stays of priority jobs, in seconds, while normal ones bring the whole to that load."""
    own = PRIORITY_SHARE * CAPACITY
    async with shop(url) as (made, rail), rail.working(HANDS):
        await made.open(seconds, {Lane.PRIORITY: own, Lane.NORMAL: max(0.0, load * CAPACITY - own)})
        return [(wait, stay) for lane, wait, stay in made.begun if lane is Lane.PRIORITY]


async def normal_share(url: str) -> float:
    """Share of the normal lane among the jobs that are begun while both lanes have a backlog."""
    async with shop(url) as (made, rail):
        for _ in range(BACKLOG // 100):
            await made.put(Lane.NORMAL, 100)
            await made.put(Lane.PRIORITY, 100)
        async with rail.working(HANDS):
            await made.counted.wait()
        counted = made.begun[:_COUNTED]
        return sum(lane is Lane.NORMAL for lane, _, _ in counted) / len(counted)


_COUNTED = 400


def _database(postgres: EmbeddedPostgres, name: str) -> str:
    return postgres.url(SCHEMA, name)


def _prepare(postgres: EmbeddedPostgres) -> None:
    for name in ("rail", "bare", "unloaded", "crowd", "shares"):
        postgres.create_database(name)
        postgres.create_schemas(name)
        if name != "bare":
            migrations.upgrade(f"services.{SCHEMA}", _database(postgres, name))
    with psycopg.connect(
        _plain(_database(postgres, "bare")), options=f"-c search_path={SCHEMA}"
    ) as connection:
        connection.execute(schema.tables().encode())


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def measure(rounds: int, seconds: float, folder: Path) -> dict[str, float]:
    """Every figure of the table."""
    with EmbeddedPostgres(folder / "data", (SCHEMA,), durable=True) as postgres:
        _prepare(postgres)
        picked = await pick_ups(rounds, postgres)
        unloaded = await priority_waits(seconds, _database(postgres, "unloaded"), 0.0)
        crowd = await priority_waits(seconds, _database(postgres, "crowd"), OVERLOAD)
        share = await normal_share(_database(postgres, "shares"))
    return {
        "bare_pick_up_p50_ms": _p(50, picked["bare procrastinate"]),
        "bare_pick_up_p95_ms": _p(95, picked["bare procrastinate"]),
        "rail_pick_up_p50_ms": _p(50, picked["the rail"]),
        "rail_pick_up_p95_ms": _p(95, picked["the rail"]),
        "priority_wait_unloaded_p95_ms": _p(95, [wait for wait, _ in unloaded]),
        "priority_wait_crowd_p95_ms": _p(95, [wait for wait, _ in crowd]),
        "priority_stay_unloaded_p95_ms": _p(95, [stay for _, stay in unloaded]),
        "priority_stay_crowd_p95_ms": _p(95, [stay for _, stay in crowd]),
        "priority_jobs_unloaded": float(len(unloaded)),
        "priority_jobs_crowd": float(len(crowd)),
        "normal_share": share,
    }


def _p(which: float, seconds: Sequence[float]) -> float:
    return float(np.percentile(seconds, which) * 1000)


def table(figures: dict[str, float], rounds: int, seconds: float) -> str:
    """What is kept beside the figures."""
    of = figures
    return f"""# The queue

`python -m benchmarks.queue --rounds {rounds} --seconds {seconds:g}` · {datetime.now(UTC):%Y-%m-%d} ·
ms; rail and bare procrastinate by turns in one process, on one PostgreSQL that writes to disk

| pick-up | p50 | p95 |
|---|---|---|
| bare procrastinate | {of["bare_pick_up_p50_ms"]:.1f} | {of["bare_pick_up_p95_ms"]:.1f} |
| the rail | {of["rail_pick_up_p50_ms"]:.1f} | {of["rail_pick_up_p95_ms"]:.1f} |
| ratio of p50, at most 1.3 | {of["rail_pick_up_p50_ms"] / of["bare_pick_up_p50_ms"]:.2f} | |

Pick-up is the time from the commit of a job to the first line of its task.

| priority, p95 | unloaded | at {OVERLOAD:g} times what {HANDS} hands can do | ratio |
|---|---|---|---|
| until it has ended, at most 1.5 | {of["priority_stay_unloaded_p95_ms"]:.0f} | {of["priority_stay_crowd_p95_ms"]:.0f} | {of["priority_stay_crowd_p95_ms"] / of["priority_stay_unloaded_p95_ms"]:.2f} |
| until it begins | {of["priority_wait_unloaded_p95_ms"]:.0f} | {of["priority_wait_crowd_p95_ms"]:.0f} | |
| jobs | {of["priority_jobs_unloaded"]:.0f} | {of["priority_jobs_crowd"]:.0f} | |

A job takes {JOB_S * 1000:.0f} ms, half more or less. Priority jobs want {PRIORITY_SHARE:.0%} of the hands, and come at random moments; the rest is normal.
In the crowd a priority job waits until one of {HANDS} hands is free: no hand is kept idle for it, and none is taken from a
job that runs.

With a backlog in both lanes, of the first {_COUNTED} jobs that were begun {of["normal_share"]:.1%} were normal; 10 % are promised.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    parser.add_argument("--rounds", type=int, default=300, help="pick-ups of each")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each run of the lanes")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="atelier-queue-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        figures = asyncio.run(measure(asked.rounds, asked.seconds, Path(folder)))
    write_result("queue", table(figures, asked.rounds, asked.seconds), figures)


if __name__ == "__main__":
    main()
