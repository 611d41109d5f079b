"""PostgreSQL through SQLAlchemy: the engine, and one transaction per use case.

The schema of a service comes from the connection's ``search_path``, never from its tables'
definitions, so that tests can give each its own. Relations are declared ``lazy="raise"``: what a
use case needs, its repository loads.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import Any, Self

from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from pydantic import SecretStr
from sqlalchemy import MetaData, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from atelierkit import failpoints
from atelierkit.errors import Unavailable
from atelierkit.repeat import Undone
from atelierkit.settings import DatabaseSettings
from atelierkit.watch.sql import WatchedPool, watched

Ping = Callable[[], Coroutine[Any, Any, None]]

UNDONE_AT_THE_END = "sql.undone"
"""Failpoint: in that share of units of work, PostgreSQL ends the transaction just before it would be committed."""
# What it says then, word for word: an error that was made up here would prove nothing about the driver.
_MEET_ANOTHER = text(
    "DO $$ BEGIN RAISE EXCEPTION 'drawn' USING ERRCODE = (ARRAY['40001', '40P01'])[1 + floor(random() * 2)]; END $$"
)
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_MET_ANOTHER = frozenset({"40001", "40P01"})
"""serialization_failure, deadlock_detected"""
_CUT_OFF = frozenset({"57P01", "57P02"})
"""admin_shutdown, crash_shutdown; the driver has not always seen the connection's end by then."""

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def metadata() -> MetaData:
    """Metadata for a service's tables; constraints get names that migrations and code can rely on."""
    return MetaData(naming_convention=_NAMING)


@asynccontextmanager
async def engine(
    url: SecretStr | str,
    *,
    schema: str,
    pool_size: int = 5,
    pool_overflow: int = 5,
    pool_timeout_s: float = 2.0,
    statement_timeout_s: float = 5.0,
    lock_timeout_s: float = 2.0,
) -> AsyncIterator[AsyncEngine]:
    """An engine whose connections look into that schema alone; its pool is closed on leaving.

    A connection that died is replaced before use. Statements that run longer than
    ``statement_timeout_s``, or wait longer than ``lock_timeout_s`` for a lock, are stopped by the server.
    """
    configuration = {
        "search_path": schema,
        "statement_timeout": f"{statement_timeout_s * 1000:.0f}",
        "lock_timeout": f"{lock_timeout_s * 1000:.0f}",
        "timezone": "UTC",
    }
    made = create_async_engine(
        url.get_secret_value() if isinstance(url, SecretStr) else url,
        poolclass=WatchedPool,
        pool_logging_name=schema,
        pool_size=pool_size,
        max_overflow=pool_overflow,
        pool_timeout=pool_timeout_s,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in configuration.items()),
            "application_name": f"atelier-{schema}",
            "connect_timeout": max(1, round(pool_timeout_s)),
        },
    )
    SQLAlchemyInstrumentor().instrument(engine=made.sync_engine)
    try:
        with watched(made.sync_engine, schema, pool_size + pool_overflow):
            yield made
    finally:
        SQLAlchemyInstrumentor().uninstrument()
        await made.dispose()


def engine_of(settings: DatabaseSettings, *, schema: str) -> AbstractAsyncContextManager[AsyncEngine]:
    """``engine`` with everything that a service's settings say."""
    return engine(
        settings.database_url,
        schema=schema,
        pool_size=settings.database_pool_size,
        pool_overflow=settings.database_pool_overflow,
        pool_timeout_s=settings.database_pool_timeout_s,
        statement_timeout_s=settings.database_statement_timeout_s,
        lock_timeout_s=settings.database_lock_timeout_s,
    )


@asynccontextmanager
async def pinging(settings: DatabaseSettings, *, schema: str) -> AsyncIterator[Ping]:
    """Gives a check that the database answers; it raises where it does not.

    Over a connection of its own: a pool whose connections are all in use is not a database that is gone.
    A check that was cancelled may hold that one for a while; the next ones open another.
    """
    made = create_async_engine(
        settings.database_url.get_secret_value(),
        pool_size=1,
        max_overflow=4,
        isolation_level="AUTOCOMMIT",
        connect_args={"application_name": f"atelier-{schema}-health", "connect_timeout": 1},
    )

    async def ping() -> None:
        async with made.connect() as connection:
            await connection.execute(text("SELECT 1"))

    try:
        yield ping
    finally:
        await made.dispose()


class UnitOfWork:
    """One transaction: commits on leaving, rolls back on an exception.

    A service's own subclass attaches its repositories on entering::

        class PostgresUnitOfWork(UnitOfWork):
            async def __aenter__(self) -> Self:
                await super().__aenter__()
                self.garments = PostgresGarments(self.session)
                return self

    Repositories never commit. A database that does not answer is Unavailable; one that has undone what was done so
    far, and would take it a second time, is Undone.
    """

    session: AsyncSession

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def __aenter__(self) -> Self:
        self.session = AsyncSession(self._engine, expire_on_commit=False)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                await self._commit()
        except DBAPIError as failed:
            # A connection that breaks now leaves unknown whether the transaction was kept.
            raise _told(failed, is_undone=_met_another(failed)) from failed
        finally:
            # Closing rolls back what was not committed.
            await self.session.close()
        if isinstance(error, DBAPIError):
            raise _told(error, is_undone=_met_another(error) or _was_cut_off(error)) from error
        if isinstance(error, PoolTimeout):
            raise _told(error) from error

    async def _commit(self) -> None:
        if self.session.in_transaction() and failpoints.drawn(UNDONE_AT_THE_END):
            await self.session.execute(_MEET_ANOTHER)
        await self.session.commit()


def violated(error: IntegrityError) -> str | None:
    """Name of the constraint that a write broke, e.g. ``uq_accounts_email``."""
    name: str | None = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return name


def _told(error: DBAPIError | PoolTimeout, *, is_undone: bool = False) -> Exception:
    """Unavailable for a database that is down, busy, full or locked; any other error is a bug and stays itself."""
    if is_undone:
        return Undone("the database could not keep the work", dependency="database")
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return Unavailable("the database does not answer", dependency="database")
    return error


def _met_another(error: DBAPIError) -> bool:
    """Whether PostgreSQL ended the transaction in favour of another one."""
    return getattr(error.orig, "sqlstate", None) in _MET_ANOTHER


def _was_cut_off(error: DBAPIError) -> bool:
    """Whether the connection broke below a transaction, which PostgreSQL rolls back then."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _CUT_OFF
