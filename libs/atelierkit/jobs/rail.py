"""The rail of one service."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from atelierkit.errors import Unavailable
from atelierkit.jobs import metrics
from atelierkit.jobs.crew import Crew, at_work
from atelierkit.jobs.model import Arguments, Lane, Pace, Tasks
from atelierkit.jobs.track import track
from atelierkit.logs import get_logger

_PUT = text(
    "SELECT procrastinate_rail_put(:lane, :task, CAST(:arguments AS jsonb), CAST(:due AS timestamptz))"
)
_BESIDE_JOBS = 2
"""Connections for signs of life and for looking after the rail, beside one a job to write down its end."""
_log = get_logger(__name__)


class Rail(Tasks):
    """Puts jobs in a session's transaction, and works on them in a worker's process.

    A server only puts, and opens no connection for it; it need not know the tasks.
    """

    def __init__(self, url: SecretStr | str, *, schema: str) -> None:
        super().__init__()
        self._url = url.get_secret_value() if isinstance(url, SecretStr) else url
        self._schema = schema

    async def put(
        self,
        session: AsyncSession,
        name: str,
        arguments: Arguments,
        *,
        lane: Lane = Lane.NORMAL,
        at: datetime | None = None,
    ) -> int:
        """Put a job on the rail, due at once or ``at`` a later time; gives the rail's number of it.

        It is there when the session's transaction commits, and never was when that rolls back. Raises SQLAlchemy's
        errors.
        """
        put = await session.execute(
            _PUT, {"lane": lane.value, "task": name, "arguments": json.dumps(arguments), "due": at}
        )
        return int(put.scalar_one())

    @asynccontextmanager
    async def working(self, concurrency: int, pace: Pace | None = None) -> AsyncIterator[None]:
        """Work on up to ``concurrency`` jobs at a time while the block runs, then drain.

        The block begins once the database and the rail's tables are there; later they may come and go.
        """
        _silence_procrastinate()
        metrics.born(self._schema, self.by_name)
        async with await self._signed_on(concurrency, pace or Pace()):
            yield

    async def _signed_on(self, concurrency: int, pace: Pace) -> AsyncExitStack:
        """The crew at work, which leaves with the stack; whatever an attempt in vain has opened is closed."""
        waits = False
        while True:
            async with AsyncExitStack() as attempt:
                try:
                    opened = track(self._url, self._schema, concurrency + _BESIDE_JOBS)
                    jobs = await attempt.enter_async_context(opened)
                    crew = Crew(jobs, self, schema=self._schema, hands=concurrency, pace=pace)
                    await attempt.enter_async_context(at_work(crew, pace))
                    return attempt.pop_all()
                except Unavailable as error:
                    if not waits:
                        _log.warning("worker waits for its database", cause=repr(error.__cause__))
                    waits = True
            await asyncio.sleep(pace.poll_s)


def _silence_procrastinate() -> None:
    """Its lines, and those of the pool below it, show what jobs are called with; ours say what there is to know."""
    for name in ("procrastinate", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
