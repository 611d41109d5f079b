"""One transaction per use case, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from atelierkit import migrations, sql
from atelierkit.errors import Unavailable
from atelierkit.postgres import EmbeddedPostgres
from tests.integration.atelierkit.demo.tables import Note

pytestmark = pytest.mark.postgres
PACKAGE = "tests.integration.atelierkit.demo"


class Notes:
    """A repository."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, text: str) -> None:
        self._session.add(Note(text=text))
        await self._session.flush()

    async def count(self) -> int:
        return await self._session.scalar(select(func.count()).select_from(Note)) or 0


class NotesWork(sql.UnitOfWork):
    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.notes = Notes(self.session)
        return self


@pytest.fixture
def url(database_url: Callable[[str], str]) -> str:
    url = database_url("tryon")
    migrations.upgrade(PACKAGE, url)
    return url


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    options: dict[str, Any] = {
        "pool_size": 1,
        "pool_overflow": 0,
        "pool_timeout_s": 0.2,
        "statement_timeout_s": 0.5,
    }
    async with sql.engine(SecretStr(url), schema="tryon", **options) as engine:
        yield engine


async def _count(engine: AsyncEngine) -> int:
    async with NotesWork(engine) as work:
        return await work.notes.count()


async def test_leaving_commits(engine: AsyncEngine) -> None:
    async with NotesWork(engine) as work:
        await work.notes.add("one")
        await work.notes.add("two")
    assert await _count(engine) == 3


@pytest.mark.parametrize("error", [RuntimeError("bug"), asyncio.CancelledError()])
async def test_an_exception_rolls_back_and_rises(engine: AsyncEngine, error: BaseException) -> None:
    async def use_case() -> None:
        async with NotesWork(engine) as work:
            await work.notes.add("one")
            raise error

    with pytest.raises(type(error)) as caught:
        await use_case()
    assert caught.value is error
    assert await _count(engine) == 1


async def test_a_broken_constraint_is_named(engine: AsyncEngine) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with NotesWork(engine) as work:
            await work.notes.add("seed")
    assert sql.violated(caught.value) == "uq_notes_text"


async def test_the_schema_comes_from_the_engine_and_times_are_utc(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        shown = [await connection.scalar(text(f"SHOW {name}")) for name in ("search_path", "timezone")]
    assert shown == ["tryon", "UTC"]


async def test_an_exhausted_pool_is_unavailable_and_recovers(engine: AsyncEngine) -> None:
    async with NotesWork(engine) as work:
        await work.notes.count()
        with pytest.raises(Unavailable) as caught:
            await _count(engine)
    assert caught.value.retry_after_s == 1.0
    assert await _count(engine) == 1


async def test_a_statement_that_runs_too_long_is_unavailable(engine: AsyncEngine) -> None:
    with pytest.raises(Unavailable):
        async with NotesWork(engine) as work:
            await work.session.execute(text("SELECT pg_sleep(5)"))
    assert await _count(engine) == 1


async def test_a_killed_session_is_replaced(engine: AsyncEngine, postgres: EmbeddedPostgres) -> None:
    assert await _count(engine) == 1
    with postgres.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tryon'")
    assert await _count(engine) == 1


async def test_a_database_that_is_away_is_unavailable(url: str) -> None:
    async with sql.engine(url.replace("@127.0.0.1:", "@127.0.0.2:"), schema="tryon") as engine:
        with pytest.raises(Unavailable):
            await _count(engine)


async def test_wrong_sql_is_a_bug_and_stays_one(engine: AsyncEngine) -> None:
    with pytest.raises(ProgrammingError):
        async with NotesWork(engine) as work:
            await work.session.execute(text("SELECT * FROM nowhere"))
