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

from atelierkit.errors import Unavailable
from atelierkit.settings import DatabaseSettings
from atelierkit.watch.sql import WatchedPool, watched

Ping = Callable[[], Coroutine[Any, Any, None]]

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
) -> AsyncIterator[AsyncEngine]:
    """An engine whose connections look into that schema alone; its pool is closed on leaving.

    A connection that died is replaced before use. Statements that run longer than
    ``statement_timeout_s``, or wait longer for a lock, are stopped by the server.
    """
    milliseconds = round(statement_timeout_s * 1000)
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
            "options": f"-c search_path={schema} -c statement_timeout={milliseconds} -c timezone=UTC",
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

    Repositories never commit. A database that does not answer is Unavailable.
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
                await self.session.commit()
        except DBAPIError as failed:
            raise _told(failed) from failed
        finally:
            # Closing rolls back what was not committed.
            await self.session.close()
        if isinstance(error, DBAPIError | PoolTimeout):
            raise _told(error) from error


def violated(error: IntegrityError) -> str | None:
    """Name of the constraint that a write broke, e.g. ``uq_accounts_email``."""
    name: str | None = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return name


def _told(error: DBAPIError | PoolTimeout) -> Exception:
    """Unavailable for a database that is down, busy, full or locked; any other error is a bug and stays itself."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return Unavailable("the database does not answer", dependency="database")
    return error
