"""Who waits for a job hears of its changes: PostgreSQL notifies, and now and then everybody looks unasked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import psycopg
from sqlalchemy.engine import make_url

from atelierkit.logs import get_logger

CHANNEL = "generator_jobs"
"""Where the id of a changed job is notified, in the transaction that changes it."""

_RECONNECT_S = 1.0
_log = get_logger(__name__)


class JobChanges:
    """Wakes those who wait for a job."""

    def __init__(self, poll_s: float) -> None:
        """Without a notification they look after ``poll_s``: one can be lost with its connection."""
        self._poll_s = poll_s
        self._waiting: dict[UUID, set[asyncio.Event]] = {}

    @property
    def waiting(self) -> int:
        """Jobs that somebody waits for."""
        return len(self._waiting)

    def tell(self, job_id: UUID) -> None:
        """Say that the job has changed."""
        for event in self._waiting.get(job_id, ()):
            event.set()

    @asynccontextmanager
    async def of(self, job_id: UUID) -> AsyncIterator[AsyncIterator[None]]:
        event = asyncio.Event()
        self._waiting.setdefault(job_id, set()).add(event)
        try:
            yield self._turns(event)
        finally:
            self._waiting[job_id].discard(event)
            if not self._waiting[job_id]:
                del self._waiting[job_id]

    async def _turns(self, event: asyncio.Event) -> AsyncIterator[None]:
        while True:
            # Cleared before the look: a change that comes during it causes another one.
            event.clear()
            yield
            with suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), self._poll_s)


@asynccontextmanager
async def listening(database_url: str, changes: JobChanges) -> AsyncIterator[None]:
    """Pass the database's notifications on while the block runs, over a connection of its own that is opened again
    whenever it is lost."""
    address = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    listener = asyncio.create_task(_listen(address, changes))
    try:
        yield
    finally:
        listener.cancel()
        with suppress(asyncio.CancelledError):
            await listener


async def _listen(address: str, changes: JobChanges) -> None:
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                address, autocommit=True, application_name="atelier-generator-changes", connect_timeout=2
            ) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                async for notification in connection.notifies():
                    changes.tell(UUID(notification.payload))
        except psycopg.OperationalError as error:
            _log.warning("changes of jobs are polled for until the database is back", cause=repr(error))
            await asyncio.sleep(_RECONNECT_S)
