"""What the metrics say of a database: pool, statements, failures by kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from atelierkit import sql
from atelierkit.errors import Unavailable
from atelierkit.postgres import EmbeddedPostgres
from atelierkit.watch.sql import verb

pytestmark = pytest.mark.postgres
SCHEMA = "tryon"


def value(metric: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(metric, {"schema": SCHEMA, **labels})


def errors(kind: str) -> float:
    return value("atelier_sql_errors_total", kind=kind) or 0


@pytest.fixture
async def engine(database_url: Callable[[str], str]) -> AsyncIterator[AsyncEngine]:
    async with sql.engine(
        database_url(SCHEMA),
        schema=SCHEMA,
        pool_size=1,
        pool_overflow=1,
        pool_timeout_s=0.2,
        statement_timeout_s=0.3,
    ) as engine:
        yield engine


async def test_the_pool_is_seen(engine: AsyncEngine) -> None:
    assert value("atelier_sql_pool_limit_connections") == 2
    assert _pool() == (0, 0)
    async with engine.connect(), engine.connect():
        assert _pool() == (2, 0)
    # The second one was overflow, which closes after the work.
    assert _pool() == (0, 1)


def _pool() -> tuple[float | None, float | None]:
    in_use, idle = (value("atelier_sql_pool_connections", state=state) for state in ("in_use", "idle"))
    return in_use, idle


async def test_who_waits_in_vain_is_counted_and_timed(engine: AsyncEngine) -> None:
    before = errors("pool_timeout"), value("atelier_sql_pool_wait_duration_seconds_sum") or 0
    async with engine.connect(), engine.connect():
        waiting = asyncio.create_task(_connect(engine))
        for _ in range(20):
            await asyncio.sleep(0)
        assert value("atelier_sql_pool_waiting") == 1
        with pytest.raises(Exception, match="timed out"):
            await waiting
    assert value("atelier_sql_pool_waiting") == 0
    assert errors("pool_timeout") == before[0] + 1
    assert (value("atelier_sql_pool_wait_duration_seconds_sum") or 0) - before[1] >= 0.2


async def _connect(engine: AsyncEngine) -> AsyncConnection:
    async with engine.connect() as connection:
        return connection


async def test_statements_are_timed_by_their_verb(engine: AsyncEngine) -> None:
    before = value("atelier_sql_statement_duration_seconds_sum", operation="select") or 0
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_sleep(0.1)"))
    took = (value("atelier_sql_statement_duration_seconds_sum", operation="select") or 0) - before
    assert 0.1 <= took < 0.3


@pytest.mark.parametrize(
    ("statement", "operation"),
    [
        ("select 1", "select"),
        ("  INSERT INTO a", "insert"),
        ("Update a", "update"),
        ("DELETE\nFROM a", "delete"),
        ("WITH a AS", "other"),
        ("", "other"),
    ],
)
def test_verbs_are_a_closed_set(statement: str, operation: str) -> None:
    assert verb(statement) == operation


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("SELECT pg_sleep(5)", "statement_timeout"),
        ("SELECT * FROM nowhere", "other"),
        ("INSERT INTO once VALUES (1)", "constraint"),
        ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$", "serialization"),
        ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$", "serialization"),
        ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '55P03'; END $$", "lock_timeout"),
    ],
)
async def test_failures_are_counted_by_kind(engine: AsyncEngine, statement: str, kind: str) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TEMPORARY TABLE once (id int PRIMARY KEY)"))
        await connection.execute(text("INSERT INTO once VALUES (1)"))
        before = errors(kind)
        with pytest.raises(Exception):  # noqa: B017, PT011  whichever: the kind is what counts
            await connection.execute(text(statement))
    assert errors(kind) == before + 1


async def test_a_dead_connection_that_is_replaced_is_stale_and_no_outage(
    engine: AsyncEngine, postgres: EmbeddedPostgres
) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    before = errors("stale"), errors("unreachable")
    with postgres.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tryon'")
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    assert (errors("stale"), errors("unreachable")) == (before[0] + 1, before[1])


async def test_a_database_that_is_away_is_unreachable(database_url: Callable[[str], str]) -> None:
    away = database_url(SCHEMA).replace("@127.0.0.1:", "@127.0.0.2:")
    before = errors("unreachable")
    async with sql.engine(away, schema=SCHEMA) as engine:
        with pytest.raises(Unavailable):
            async with sql.UnitOfWork(engine) as work:
                await work.session.execute(text("SELECT 1"))
    assert errors("unreachable") > before


async def test_a_closed_engine_says_nothing(database_url: Callable[[str], str]) -> None:
    async with sql.engine(database_url(SCHEMA), schema="closed"):
        assert REGISTRY.get_sample_value("atelier_sql_pool_limit_connections", {"schema": "closed"}) == 10
    assert REGISTRY.get_sample_value("atelier_sql_pool_limit_connections", {"schema": "closed"}) is None
    gauge = {"schema": "closed", "state": "idle"}
    assert REGISTRY.get_sample_value("atelier_sql_pool_connections", gauge) is None
