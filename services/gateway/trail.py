"""The audit trail's way to auth: kept in the spool at once, and taken to auth in calls of many entries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from atelier.auth.v1 import audit_pb2, audit_pb2_grpc
from atelierkit import logs
from atelierkit.errors import AppError, Code
from services.gateway import metrics
from services.gateway.spool import Spool

_AT_ONCE = 500
_CALL_TIMEOUT_S = 2.0
_EVERY_S = 0.2
_AGAIN_S = 1.0
_LAST_WORDS_S = 2.0
"""What is left when the process ends gets this long; the rest stays in the spool."""

_log = logs.get_logger(__name__)


class Trail:
    """Keeps entries until auth has them. Whoever writes one does not wait for auth."""

    def __init__(
        self,
        stub: audit_pb2_grpc.AuditServiceAsyncStub,
        spool: Spool,
        every_s: float = _EVERY_S,
        again_s: float = _AGAIN_S,
    ) -> None:
        """``every_s`` is how long entries gather, ``again_s`` how long auth is left alone after a call that failed."""
        self._stub = stub
        self._spool = spool
        self._every_s = every_s
        self._again_s = again_s
        self._work = asyncio.Event()
        self._turn = asyncio.Lock()
        self._away = False
        metrics.AUDIT_WAITING.set_function(lambda: spool.waiting)

    def write(self, entry: audit_pb2.AuditEntry) -> None:
        """Keep an entry, which from then on outlives this process. One that cannot be kept is counted: the request is
        answered all the same."""
        try:
            self._spool.append(entry.SerializeToString())
        except OSError as error:
            metrics.AUDIT_LOST.inc()
            _log.error(
                "the audit trail lost an entry",
                operation=entry.operation,
                outcome=entry.outcome,
                cause=error.strerror,
            )
            return
        self._work.set()

    async def flushed(self) -> None:
        """Return once auth has all that was written until now."""
        target = self._spool.appended
        while self._spool.appended - self._spool.waiting < target:
            async with self._turn:
                if self._spool.waiting and not await self._shipped():
                    await asyncio.sleep(self._again_s)

    @asynccontextmanager
    async def shipping(self) -> AsyncIterator[None]:
        """Ship while the block runs, and what is left after it."""
        if self._spool.waiting:
            _log.info("audit entries of a dead process are taken over", count=self._spool.waiting)
            self._work.set()
        worker = asyncio.create_task(self._ship_all())
        try:
            yield
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORDS_S):
                    await self.flushed()
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker
            if self._spool.waiting:
                _log.warning("audit entries stay in the spool", count=self._spool.waiting)
            self._spool.close()

    async def _ship_all(self) -> None:
        while True:
            await self._work.wait()
            await asyncio.sleep(self._every_s)
            self._work.clear()
            await self.flushed()

    async def _shipped(self) -> bool:
        """Whether the oldest entries have gone."""
        try:
            batch = self._spool.oldest(_AT_ONCE)
            if batch.unreadable:
                metrics.AUDIT_LOST.inc(batch.unreadable)
                _log.error("the audit trail lost entries: their file was changed", count=batch.unreadable)
            else:
                await self._record([audit_pb2.AuditEntry.FromString(record) for record in batch.records])
            self._spool.done(batch)
        except (AppError, OSError) as error:
            if not self._away:
                cause = error.message if isinstance(error, AppError) else error.strerror
                _log.warning("audit entries wait", cause=cause, count=self._spool.waiting)
            self._away = True
            return False
        if self._away:
            _log.info("audit entries are written again")
        self._away = False
        return True

    async def _record(self, entries: Sequence[audit_pb2.AuditEntry]) -> None:
        """Have auth write these. Raises AppError where it does not, and nothing of it matters when they come again."""
        try:
            await self._stub.Record(audit_pb2.RecordRequest(entries=entries), timeout=_CALL_TIMEOUT_S)
        except AppError as error:
            if error.code is not Code.INVALID_ARGUMENT:
                raise
            await self._record_others(entries, error)

    async def _record_others(self, entries: Sequence[audit_pb2.AuditEntry], error: AppError) -> None:
        """An entry that breaks the rules is a bug of ours. It would be refused for ever, and all others with it: the
        half without it is written, and so on until it stands alone."""
        if len(entries) == 1:
            metrics.AUDIT_LOST.inc()
            _log.error(
                "the audit trail refused an entry", operation=entries[0].operation, cause=error.message
            )
            return
        middle = len(entries) // 2
        await self._record(entries[:middle])
        await self._record(entries[middle:])
