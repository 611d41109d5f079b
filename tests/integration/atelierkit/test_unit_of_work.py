"""One transaction per use case, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Self

import pytest
from pydantic import SecretStr
from sqlalchemy import func, make_url, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from atelierkit import failpoints, migrations, repeat, sql
from atelierkit.errors import Unavailable
from atelierkit.postgres import EmbeddedPostgres
from atelierkit.repeat import Undone
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

    async def mark(self, text: str) -> None:
        marked = Note.text + "!"
        await self._session.execute(
            update(Note).where(Note.text.startswith(text)).values(text=marked),
            execution_options={"synchronize_session": False},
        )

    async def texts(self) -> list[str]:
        return sorted(await self._session.scalars(select(Note.text)))

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
        "lock_timeout_s": 0.1,
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
    _end_sessions(postgres)
    assert await _count(engine) == 1


async def test_a_wait_for_a_lock_ends_before_the_statement_would(
    engine: AsyncEngine, postgres: EmbeddedPostgres, url: str
) -> None:
    database = make_url(url).database
    assert database is not None
    with postgres.admin(database) as admin, admin.transaction():
        admin.execute("LOCK TABLE tryon.notes IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Unavailable) as caught:
            await _count(engine)
    assert "lock timeout" in str(caught.value.__cause__)
    assert not isinstance(caught.value, Undone)
    assert await _count(engine) == 1


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_work_that_met_another_is_undone(engine: AsyncEngine, state: str) -> None:
    raising = text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$")
    with pytest.raises(Undone):
        await _add_one(engine, lambda work: work.session.execute(raising))
    assert await _count(engine) == 1


async def test_two_that_wait_for_each_other_are_parted_and_both_get_through(url: str) -> None:
    """A real deadlock: each has locked what the other wants next."""
    async with sql.engine(url, schema="tryon", lock_timeout_s=10) as engine:
        async with NotesWork(engine) as work:
            await work.notes.add("other")
        both_hold = asyncio.Barrier(2)
        begun: list[str] = []

        async def mark(first: str, second: str) -> None:
            begun.append(first)
            async with NotesWork(engine) as work:
                await work.notes.mark(first)
                if len(begun) <= 2:
                    await both_hold.wait()
                await work.notes.mark(second)

        await asyncio.gather(
            repeat.until_kept(lambda: mark("seed", "other")), repeat.until_kept(lambda: mark("other", "seed"))
        )
        assert len(begun) == 3
        async with NotesWork(engine) as work:
            assert await work.notes.texts() == ["other!!", "seed!!"]


async def test_work_whose_connection_breaks_is_undone(
    engine: AsyncEngine, postgres: EmbeddedPostgres
) -> None:
    async def cut_off(work: NotesWork) -> None:
        _end_sessions(postgres)
        await work.notes.count()

    with pytest.raises(Undone):
        await _add_one(engine, cut_off)
    assert await _count(engine) == 1


async def test_a_connection_that_breaks_at_the_end_leaves_the_end_unknown(
    engine: AsyncEngine, postgres: EmbeddedPostgres
) -> None:
    async def cut_off(work: NotesWork) -> None:
        _end_sessions(postgres)

    with pytest.raises(Unavailable) as caught:
        await _add_one(engine, cut_off)
    assert not isinstance(caught.value, Undone)
    assert await _count(engine) == 1


async def test_an_experiment_may_have_work_undone_at_its_end(engine: AsyncEngine) -> None:
    failpoints.arm(f"{sql.UNDONE_AT_THE_END}=draw:1")
    try:
        with pytest.raises(Undone):
            await _add_one(engine)
    finally:
        failpoints.arm("")
    assert await _count(engine) == 1


async def _add_one(engine: AsyncEngine, then: Callable[[NotesWork], Awaitable[object]] | None = None) -> None:
    async with NotesWork(engine) as work:
        await work.notes.add("one")
        if then is not None:
            await then(work)


def _end_sessions(postgres: EmbeddedPostgres) -> None:
    with postgres.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'tryon'")


async def test_a_database_that_is_away_is_unavailable(url: str) -> None:
    async with sql.engine(url.replace("@127.0.0.1:", "@127.0.0.2:"), schema="tryon") as engine:
        with pytest.raises(Unavailable):
            await _count(engine)


async def test_wrong_sql_is_a_bug_and_stays_one(engine: AsyncEngine) -> None:
    with pytest.raises(ProgrammingError):
        async with NotesWork(engine) as work:
            await work.session.execute(text("SELECT * FROM nowhere"))
