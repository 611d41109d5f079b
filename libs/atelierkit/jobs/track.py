"""The jobs in PostgreSQL, as a worker sees them.

What a worker writes about a job, it writes as the one that has taken it: a job that was given to another meanwhile stays
as that one left it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, LiteralString

from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from sqlalchemy.engine import make_url

from atelierkit.errors import Unavailable
from atelierkit.jobs.model import DEATHS, Job, Lane, Run
from atelierkit.jobs.running import Back, Done, Ending, Failed, HandedBack
from atelierkit.jobs.schema import NOT_DUE

_CHANNEL = "procrastinate_any_queue_v1"
_STATEMENT_TIMEOUT_MS = 5_000
_CONNECT_TIMEOUT_S = 5.0
_OPEN_TIMEOUT_S = 2.5
"""Whoever opens the pool begins anew after that: its own tries lie further and further apart, and go on for 30 s."""
_PROMOTED = 500
"""Jobs that become due in one turn; the rest follows in the next."""
_KEPT_DAYS = 7
"""How long a job that failed can be looked at."""

_TAKE = """
SELECT id, task_name, args, queue_name, attempts, failures
FROM procrastinate_fetch_job_v2(NULL, %(worker)s) WHERE id IS NOT NULL
"""
_MINE = "WHERE id = %(job)s AND status = 'doing' AND worker_id = %(worker)s RETURNING id"
_DONE = f"DELETE FROM procrastinate_jobs {_MINE}"  # noqa: S608  texts of ours
_FAILED = f"UPDATE procrastinate_jobs SET status = 'failed', worker_id = NULL, ready_at = now() {_MINE}"  # noqa: S608
_HANDED_BACK = f"UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL {_MINE}"  # noqa: S608
_BACK = f"""
UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL, attempts = attempts + 1,
    failures = %(failures)s, deaths = CASE WHEN %(well)s THEN 0 ELSE deaths END,
    ready_at = now() + %(after_s)s * interval '1 second',
    scheduled_at = CASE WHEN %(after_s)s > 0 THEN now() + %(after_s)s * interval '1 second' END,
    priority = CASE WHEN %(after_s)s > 0 THEN {NOT_DUE} ELSE -procrastinate_rail_tag(queue_name) END
{_MINE}
"""  # noqa: S608
_BEAT = "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %(worker)s RETURNING id"
_RESCUE = """
WITH stalled AS (
    SELECT job.id FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing'
      AND (worker.id IS NULL OR worker.id <> %(worker)s AND extract(epoch FROM now() - last_heartbeat) > %(silence_s)s)
    FOR UPDATE OF job SKIP LOCKED
)
UPDATE procrastinate_jobs job SET deaths = deaths + 1,
    status = CASE WHEN deaths + 1 < %(most)s THEN 'todo' ELSE 'doing' END::procrastinate_job_status,
    worker_id = CASE WHEN deaths + 1 < %(most)s THEN NULL ELSE %(worker)s END
FROM stalled WHERE job.id = stalled.id
RETURNING job.id, task_name, args, queue_name, attempts, failures, deaths
"""
_PRUNE = """
DELETE FROM procrastinate_workers
WHERE id <> %(worker)s AND extract(epoch FROM now() - last_heartbeat) > %(silence_s)s RETURNING id
"""
_PERIODIC = """
SELECT procrastinate_defer_periodic_job_v2(
    'normal', NULL, NULL, %(task)s, -procrastinate_rail_tag('normal'), '',
    floor(extract(epoch FROM now()) / %(every_s)s)::bigint, '{}')
WHERE NOT EXISTS (
    SELECT FROM procrastinate_periodic_defers last JOIN procrastinate_jobs job ON job.id = last.job_id
    WHERE last.task_name = %(task)s AND job.status IN ('todo', 'doing'))
"""
_COUNT = """
SELECT queue_name, count(*) AS count, extract(epoch FROM now() - min(ready_at))::float AS age_s
FROM procrastinate_jobs WHERE status = 'todo' AND ready_at <= now() GROUP BY queue_name
"""
_FORGET = "DELETE FROM procrastinate_jobs WHERE status = 'failed' AND ready_at < now() - %(days)s * interval '1 day'"


class Track:
    """The rail's tables over a small pool of connections of its own."""

    def __init__(self, connector: PsycopgConnector) -> None:
        self._connector = connector

    async def enter(self) -> int:
        """Sign a worker on; gives its number."""
        [row] = await self._rows("SELECT worker_id FROM procrastinate_register_worker_v1()")
        return int(row["worker_id"])

    async def leave(self, worker: int) -> None:
        """Sign it off; jobs that it still has are taken over by others."""
        await self._rows("SELECT procrastinate_unregister_worker_v1(%(worker)s)", worker=worker)

    async def beat(self, worker: int) -> bool:
        """Give a sign of life; False where others count the worker as dead already."""
        return bool(await self._rows(_BEAT, worker=worker))

    async def take(self, worker: int) -> Job | None:
        """Take the job that is next; None where none is due."""
        rows = await self._rows(_TAKE, worker=worker)
        return _job(rows[0]) if rows else None

    async def end(self, worker: int, job: Job, ending: Ending) -> bool:
        """Write down how a run ended; False where the job was given to another worker meanwhile."""
        more: dict[str, Any] = {}
        statement: LiteralString
        match ending:
            case Done():
                statement = _DONE
            case Failed():
                statement = _FAILED
            case HandedBack():
                statement = _HANDED_BACK
            case Back(after_s, failures, well):
                statement, more = _BACK, {"after_s": after_s, "failures": failures, "well": well}
        return bool(await self._rows(statement, job=job.run.job, worker=worker, **more))

    async def rescue(self, worker: int, silence_s: float) -> tuple[int, Sequence[Job]]:
        """Take over from others that left or were silent for so long: how many jobs, and those that must not run again.

        The former wait again, where they waited; the latter are the calling worker's, to be ended.
        """
        rows = await self._rows(_RESCUE, worker=worker, silence_s=silence_s, most=DEATHS)
        await self._rows(_PRUNE, worker=worker, silence_s=silence_s)
        return len(rows), [_job(row) for row in rows if row["deaths"] >= DEATHS]

    async def promote(self) -> None:
        """Give jobs that have become due their place among those that wait."""
        await self._rows("SELECT procrastinate_rail_promote(%(most)s)", most=_PROMOTED)

    async def put_periodic(self, task: str, every_s: float) -> None:
        """Put the task's job of this period, unless a worker has, or that of an earlier one still waits or runs."""
        await self._rows(_PERIODIC, task=task, every_s=every_s)

    async def waiting(self) -> Mapping[str, tuple[int, float]]:
        """How many jobs are due and wait, and how many seconds the oldest has waited, by lane."""
        return {row["queue_name"]: (row["count"], row["age_s"]) for row in await self._rows(_COUNT)}

    async def forget(self) -> None:
        """Delete jobs that failed a week ago."""
        with _told():
            await self._connector.execute_query_async(query=_FORGET, days=_KEPT_DAYS)

    async def listen(self, news: Callable[[], None]) -> None:
        """Call back with each job that is put; ends by being cancelled, or with Unavailable."""

        async def heard(*, payload: str, **_: str) -> None:
            if json.loads(payload)["type"] == "job_inserted":
                news()

        with _told():
            await self._connector.listen_notify(on_notification=heard, channels=[_CHANNEL])

    async def _rows(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        with _told():
            rows: list[dict[str, Any]] = await self._connector.execute_query_all_async(
                query=query, **arguments
            )
        return rows


@asynccontextmanager
async def track(url: str, schema: str, connections: int) -> AsyncIterator[Track]:
    """The jobs of that schema; Unavailable where the database does not answer."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connector = PsycopgConnector(
        conninfo=address,
        kwargs={
            "options": f"-c search_path={schema} -c statement_timeout={_STATEMENT_TIMEOUT_MS} -c timezone=UTC",
            "application_name": f"atelier-{schema}-worker",
            "connect_timeout": round(_CONNECT_TIMEOUT_S),
            # A database that went without a word is noticed, also by the connection that only listens.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
        },
        min_size=1,
        max_size=connections,
        timeout=_CONNECT_TIMEOUT_S,
        # The pool tries for that long to open what it lacks, then at the next use.
        reconnect_timeout=_CONNECT_TIMEOUT_S,
    )
    try:
        with _told():
            async with asyncio.timeout(_OPEN_TIMEOUT_S):
                await connector.open_async()
        yield Track(connector)
    finally:
        await connector.close_async()


@contextmanager
def _told() -> Iterator[None]:
    """Unavailable for whatever keeps the database from answering."""
    try:
        yield
    except (ConnectorException, TimeoutError) as error:
        raise Unavailable("the database does not answer", dependency="database") from error


def _job(row: Mapping[str, Any]) -> Job:
    run = Run(row["id"], row["task_name"], row["attempts"], row["failures"], Lane(row["queue_name"]))
    return Job(run, row["args"])
