"""The ledger in PostgreSQL: races, what the database refuses, growth, and the command that counts anew."""

from __future__ import annotations

import asyncio
import functools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from atelierkit.jobs import Rail
from benchmarks.ledger.model import Call, Capture, Grant, Release, Reserve, Store
from benchmarks.ledger.statements import write_statement
from services.auth.adapters.postgres import PostgresUnitOfWork
from services.auth.adapters.sealing import AesGcmSeals
from services.auth.domain.ports import UnitsOfWork
from services.auth.metrics import CREDITS_MOVED
from services.auth.use_cases.credits import CheckLedger
from tests.unit.auth.ledger_machine import LedgerMachine

pytestmark = pytest.mark.postgres


@pytest.fixture
async def store(postgres_units: UnitsOfWork) -> Store:
    made = Store(postgres_units)
    await made.open(2)
    return made


async def everything_fits(units: UnitsOfWork) -> bool:
    return not (await CheckLedger(units)()).misfits


def test_any_calls_in_any_order_give_what_the_model_gives(url: str, seals: AesGcmSeals) -> None:
    class PostgresMachine(LedgerMachine):
        @asynccontextmanager
        async def opened(self) -> AsyncIterator[UnitsOfWork]:
            rail = Rail(url, schema="auth")
            async with sql.engine(url, schema="auth") as engine:
                yield functools.partial(PostgresUnitOfWork, engine, seals, rail, mail=True)

    run_state_machine_as_test(
        PostgresMachine, settings=settings(max_examples=8, stateful_step_count=25, deadline=None)
    )


@pytest.mark.attack("A43")
async def test_of_a_hundred_jobs_at_once_one_gets_the_last_credits(store: Store) -> None:
    await store.answer(Grant(0, 5, 1))
    answers = Counter(await asyncio.gather(*(store.answer(Reserve(0, job, 5)) for job in range(100))))
    assert answers == {"OK": 1, "INSUFFICIENT_CREDITS": 99}
    assert await store.balances() == [(0, 5), (0, 0)]


@pytest.mark.attack("A43")
async def test_one_job_asked_for_fifty_times_at_once_is_held_once(store: Store) -> None:
    await store.answer(Grant(0, 50, 1))
    answers = Counter(await asyncio.gather(*(store.answer(Reserve(0, 1, 5)) for _ in range(50))))
    assert answers == {"OK": 50}
    assert await store.balances() == [(45, 5), (0, 0)]


@pytest.mark.attack("A44")
async def test_a_job_is_either_paid_or_given_back(store: Store) -> None:
    await store.answer(Grant(0, 50, 1))
    for job in range(10):
        await store.answer(Reserve(0, job, 5))
        ends: list[Call] = [Capture(job, 5), Release(job)] * 3
        answers = Counter(await asyncio.gather(*map(store.answer, ends)))
        assert answers in ({"OK": 3, "HOLD_CAPTURED": 3}, {"OK": 3, "HOLD_RELEASED": 3})
    assert await everything_fits(store.units)


async def test_crossing_accounts_and_jobs_wait_for_nobody_for_ever(store: Store) -> None:
    for account in (0, 1):
        await store.answer(Grant(account, 1000, 1))
    for turn in range(5):
        jobs = range(8 * turn, 8 * turn + 8)
        crossing = [Reserve(account, job, 3) for job in jobs for account in ((0, 1) if job % 2 else (1, 0))]
        answers = Counter(await asyncio.gather(*map(store.answer, crossing)))
        assert answers == {"OK": 8, "CREDITS_CONFLICT": 8}
        ends: list[Call] = [
            end for job in jobs for end in (Capture(job, 2), Release(job), Grant(job % 2, 1, job + 100))
        ]
        ended = Counter(await asyncio.gather(*map(store.answer, ends)))
        assert set(ended) <= {"OK", "HOLD_CAPTURED", "HOLD_RELEASED"}
    assert await everything_fits(store.units)


@pytest.mark.attack("A43")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET credits = credits + 1",
        "UPDATE ledger_movements SET reason = 'another'",
        "DELETE FROM ledger_entries",
        "TRUNCATE ledger_entries",
        "UPDATE wallets SET available = -1",
        "UPDATE wallets SET held = -1",
        "INSERT INTO ledger_entries SELECT wallet_id, number, 'revenue', 1 FROM ledger_movements",
        "UPDATE holds SET captured = credits + 1",
    ],
)
async def test_the_database_refuses_what_the_code_must_not_do(
    store: Store, engine: AsyncEngine, statement: str
) -> None:
    await store.answer(Grant(0, 10, 1))
    await store.answer(Reserve(0, 1, 4))
    with pytest.raises(DBAPIError):
        async with engine.begin() as connection:
            await connection.execute(sa.text(statement))
    assert await everything_fits(store.units)


@pytest.mark.attack("A62")
async def test_a_deleted_person_leaves_books_that_name_nobody(store: Store, engine: AsyncEngine) -> None:
    person = store.accounts[0]
    async with store.units() as unit:
        await unit.ledger.grant(person, 10, "welcome", f"welcome:{person}")
    await store.answer(Reserve(0, 1, 4))
    async with store.units() as unit:
        await unit.accounts.remove(person)
    async with engine.connect() as connection:
        for table in ("wallets", "ledger_movements", "ledger_entries", "holds"):
            rows = list(await connection.scalars(sa.text(f"SELECT t::text FROM {table} t")))  # noqa: S608  from above
            assert rows
            # Bytes are shown as hexadecimal digits: those of the id's text would name the person as well.
            names = (str(person), person.hex, str(person).encode().hex())
            assert not [row for row in rows if any(name in row for name in names)]
    assert await store.answer(Capture(1, 4)) == "OK"
    assert await everything_fits(store.units)


async def test_what_does_not_fit_is_found(store: Store, engine: AsyncEngine) -> None:
    await store.answer(Grant(0, 10, 1))
    await store.answer(Reserve(0, 1, 4))
    async with engine.begin() as connection:
        await connection.execute(sa.text("UPDATE wallets SET available = available + 1"))
        await connection.execute(sa.text("UPDATE holds SET state = 'released'"))
    found = (await CheckLedger(store.units)()).misfits
    assert [(misfit.what, misfit.written, misfit.counted) for misfit in found] == [
        ("balance", 7, 6),
        ("credits of open holds", 0, 4),
    ]


async def test_the_count_is_of_one_moment(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for account in (0, 1):
        await store.answer(Grant(account, 10, 1))
    monkeypatch.setattr("services.auth.adapters.postgres_credits._WALLETS_AT_ONCE", 1)
    entries = 0
    async with store.units() as unit:
        async for history in unit.books.histories():
            entries += len(history.entries)
            for account in (0, 1):
                assert await store.answer(Grant(account, 1, uuid4().int)) == "OK"
    assert entries == 2


def moved() -> float:
    """Credits granted so far."""
    return float(CREDITS_MOVED.labels(kind="grant", book="available")._value.get())


async def test_what_is_rolled_back_is_not_counted(store: Store) -> None:
    before = moved()

    async def fail_after_granting() -> None:
        async with store.units() as unit:
            await unit.ledger.grant(store.accounts[0], 7, "a gift", "once")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_after_granting()
    assert moved() == before
    assert await store.answer(Grant(0, 5, 1)) == "OK"
    assert await store.answer(Grant(0, 5, 1)) == "OK"
    assert moved() == before + 5


async def test_old_holds_are_told_from_young_ones(store: Store, engine: AsyncEngine) -> None:
    await store.answer(Grant(0, 10, 1))
    for job in (1, 2):
        await store.answer(Reserve(0, job, 4))
    async with engine.begin() as connection:
        await connection.execute(
            sa.text("UPDATE holds SET reserved_at = reserved_at - interval '2 hours' WHERE job_id = :job"),
            {"job": store.jobs[1]},
        )
    async with store.units() as unit:
        old = await unit.books.open_holds("generator", older_than=timedelta(hours=1), limit=10, after=None)
        others = await unit.books.open_holds("tryon", older_than=timedelta(0), limit=10, after=None)
    assert [(hold.job_id, hold.service) for hold in old] == [(store.jobs[1], "generator")]
    assert others == []


async def rows_read(units: UnitsOfWork, account: UUID, before: int) -> int:
    """Rows that PostgreSQL fetches for a page of a statement."""
    fetched = sa.text(
        "SELECT sum(seq_tup_read + idx_tup_fetch)::int FROM pg_stat_xact_user_tables WHERE relname LIKE 'ledger%'"
    )
    async with units() as unit:
        assert isinstance(unit, PostgresUnitOfWork)
        earlier = await unit.session.scalar(fetched)
        page = await unit.books.page(account, limit=21, before=before)
        later = await unit.session.scalar(fetched)
    assert [entry.number for entry in page] == list(range(before - 1, before - 22, -1))
    return int(later or 0) - int(earlier or 0)


async def test_a_page_of_a_long_statement_reads_no_more_than_one_of_a_short_one(
    store: Store, engine: AsyncEngine
) -> None:
    lengths = (1_000, 20_000)
    for account, lines in zip(store.accounts, lengths, strict=True):
        await write_statement(engine, account, lines)
    async with engine.begin() as connection:
        await connection.execute(sa.text("ANALYZE"))
    read = [
        await rows_read(store.units, account, lines // 2)
        for account, lines in zip(store.accounts, lengths, strict=True)
    ]
    assert read[0] == read[1] == 21 * 3
    assert await everything_fits(store.units)
