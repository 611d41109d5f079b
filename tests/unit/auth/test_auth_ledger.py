"""The ledger in memory under hypothesis, and the check that finds what does not fit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from atelierkit.jobs import MemoryRail
from benchmarks.ledger.model import Grant, Release, Reserve, Store
from services.auth import bookkeeping
from services.auth.adapters.memory import MemoryUnitsOfWork
from services.auth.domain.credits import Book, Entry, HoldState, Movement, MovementKind, Prices, Wallet
from services.auth.domain.ledger import History
from services.auth.domain.ports import UnitsOfWork
from services.auth.domain.recount import misfits
from services.auth.metrics import LEDGER_CHECKS, OPEN_HOLDS
from services.auth.use_cases.credits import CheckLedger
from tests.unit.auth.ledger_machine import LedgerMachine


class MemoryMachine(LedgerMachine):
    """On a new memory each time."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[UnitsOfWork]:
        yield MemoryUnitsOfWork()


def test_any_calls_in_any_order_give_what_the_model_gives() -> None:
    run_state_machine_as_test(
        MemoryMachine, settings=settings(max_examples=30, stateful_step_count=40, deadline=None)
    )


def history() -> History:
    """Ten credits granted, four of them held."""
    now = datetime.now(UTC)
    grant = Movement(MovementKind.GRANT, b"1", "a gift", {Book.ISSUED: -10, Book.AVAILABLE: 10})
    hold = Movement(MovementKind.RESERVE, b"2", "a job", {Book.AVAILABLE: -4, Book.HELD: 4}, uuid4())
    entries = [Entry(1, grant, 10, 0, now), Entry(2, hold, 6, 4, now)]
    return History(Wallet(uuid4(), uuid4(), 6, 4, 2), entries, held=4)


def test_books_that_fit_are_found_to() -> None:
    assert list(misfits(history())) == []


BROKEN = {
    "balance": lambda found: found._replace(wallet=replace(found.wallet, available=7)),
    "held": lambda found: found._replace(wallet=replace(found.wallet, held=5)),
    "number of lines": lambda found: found._replace(wallet=replace(found.wallet, movements=3)),
    "credits of open holds": lambda found: found._replace(held=0),
    "sum of line 2": lambda found: changed(found, {Book.AVAILABLE: -4, Book.HELD: 5}),
    "balance of line 2": lambda found: found._replace(
        entries=[found.entries[0], replace(found.entries[1], available=7)]
    ),
    "held after line 2": lambda found: found._replace(
        entries=[found.entries[0], replace(found.entries[1], held=3)]
    ),
    "a line's number": lambda found: found._replace(entries=found.entries[1:]),
    "least balance at line 2": lambda found: changed(found, {Book.AVAILABLE: -14, Book.HELD: 14}),
}


def changed(found: History, changes: dict[Book, int]) -> History:
    """The same with another second movement."""
    second = found.entries[1]
    return found._replace(
        entries=[found.entries[0], replace(second, movement=replace(second.movement, changes=changes))]
    )


@pytest.mark.parametrize("what", BROKEN)
def test_what_does_not_fit_is_named(what: str) -> None:
    broken = BROKEN[what](history())
    assert what in {misfit.what for misfit in misfits(broken)}


def test_a_price_is_never_negative() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        Prices(face_avatar=-1)


@pytest.fixture
async def books() -> tuple[UnitsOfWork, Store]:
    """Ten credits, four of them held by a job."""
    units = MemoryUnitsOfWork()
    store = Store(units)
    await store.open(1)
    assert await store.answer(Grant(0, 10, 1)) == "OK"
    assert await store.answer(Reserve(0, 1, 4)) == "OK"
    return units, store


def checks() -> dict[str, float]:
    """Checks so far, by outcome."""
    return {outcome: LEDGER_CHECKS.labels(outcome=outcome)._value.get() for outcome in ("fits", "misfits")}


async def test_the_worker_counts_anew_and_tells(books: tuple[UnitsOfWork, Store]) -> None:
    units, store = books
    rail = MemoryRail()
    bookkeeping.add_check(rail, CheckLedger(units))
    [task] = rail.periodic()
    before = checks()
    await task.function()
    assert checks() == before | {"fits": before["fits"] + 1}
    async with units() as unit:
        found = await unit.books.locked_hold(store.jobs[1])
        assert found is not None
        await unit.books.settle_hold(replace(found[1], state=HoldState.RELEASED))
    await task.function()
    assert checks() == {"fits": before["fits"] + 1, "misfits": before["misfits"] + 1}


async def test_the_worker_tells_how_many_jobs_hold_credits(books: tuple[UnitsOfWork, Store]) -> None:
    units, store = books
    await bookkeeping.look_at_holds(units)
    assert OPEN_HOLDS._value.get() == 1
    await store.answer(Release(1))
    await bookkeeping.look_at_holds(units)
    assert OPEN_HOLDS._value.get() == 0
