"""Random walks of the ledger: `python -m benchmarks.ledger [--seeds N] [--steps N]`.

Each step makes one call, a call that was made before, or two calls at the same time. After each the answers and balances
must be the model's, every sum of entries 0, and every balance the sum of its entries. Then come races for the last
credits, and the cost of a page of a long statement beside a short one.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
import uvloop
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from atelierkit import migrations, sql
from atelierkit.postgres import EmbeddedPostgres
from benchmarks.ledger.model import Call, Capture, Grant, Model, Release, Reserve, Store, agree
from benchmarks.ledger.statements import write_statement
from benchmarks.stack import write_result
from services.auth.adapters.sealing import AesGcmSeals, new_key, ring_of
from services.auth.bootstrap import SCHEMA, units_of
from services.auth.domain.ports import UnitsOfWork
from services.auth.domain.recount import Recount
from services.auth.settings import AuthSettings
from services.auth.use_cases.credits import CheckLedger

ACCOUNTS = 3
RECENT_JOBS = 8
RACERS = 100
RACES = 20
STATEMENTS = (1_000, 100_000)
PAGES = 200

# Written for this, and otherwise than the check that the service ships.
_STATE = sa.text(
    """
    SELECT account_id, wallets.available, wallets.held,
           (wallets.available, wallets.held, wallets.movements, 0)
           IS NOT DISTINCT FROM (summed.available, summed.held, summed.movements, summed.total) AS fits
    FROM wallets LEFT JOIN LATERAL (
        SELECT sum(credits) AS total, max(number) AS movements,
               coalesce(sum(credits) FILTER (WHERE book = 'available'), 0) AS available,
               coalesce(sum(credits) FILTER (WHERE book = 'held'), 0) AS held
        FROM ledger_entries WHERE wallet_id = wallets.id
    ) summed ON true
    WHERE account_id = ANY(:accounts)
    """
)


@dataclass
class Tally:
    """What the walks came upon."""

    answers: Counter[str] = field(default_factory=Counter)
    pairs: int = 0
    repeats: int = 0


class Dice:
    """Draws calls from few accounts and the latest jobs, so that they meet."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  repeatable, not secret
        self._jobs = self._grants = 1
        self._made: list[Call] = []

    def step(self, tally: Tally) -> list[Call]:
        """One call, one that was made before, or two for the same moment."""
        kind = self._random.random()
        if kind < 0.1 and self._made:
            tally.repeats += 1
            return [self._random.choice(self._made)]
        if kind < 0.3:
            tally.pairs += 1
            one = self._call()
            return [one, one if self._random.random() < 0.2 else self._call()]
        return [self._call()]

    def _call(self) -> Call:
        roll, account = self._random.random(), self._random.randrange(ACCOUNTS)
        if roll < 0.25:
            self._grants += 1
            credits = self._random.choice([-9, -3, 4, 12, 30])
            call: Call = Grant(account, credits, self._grants)
        elif roll < 0.6:
            self._jobs += self._random.random() < 0.8
            call = Reserve(account, self._jobs, self._random.randint(1, 8))
        elif roll < 0.85:
            call = Capture(self._recent(), self._random.randint(0, 8))
        else:
            call = Release(self._recent())
        self._made.append(call)
        return call

    def _recent(self) -> int:
        return max(1, self._jobs - self._random.randrange(RECENT_JOBS))


class CountedStore(Store):
    """Looks at balances in the tables, and counts all entries anew each time."""

    def __init__(self, units: UnitsOfWork, connection: AsyncConnection) -> None:
        super().__init__(units)
        self._connection = connection

    async def balances(self) -> list[tuple[int, int]]:
        rows = (await self._connection.execute(_STATE, {"accounts": self.accounts})).all()
        assert all(row.fits for row in rows), "a wallet's entries do not add up to 0, or not to its balances"
        found = {row.account_id: (row.available, row.held) for row in rows}
        return [found.get(account, (0, 0)) for account in self.accounts]


async def walk(units: UnitsOfWork, engine: AsyncEngine, seed: int, steps: int, tally: Tally) -> None:
    """One walk. Raises AssertionError where the ledger is not what it must be."""
    model, dice = Model(), Dice(seed)
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        store = CountedStore(units, connection)
        await store.open(ACCOUNTS)
        for _ in range(steps):
            model, answers = await agree(model, store, dice.step(tally))
            tally.answers.update(answers)


async def race(units: UnitsOfWork) -> Counter[str]:
    """As many jobs as there are racers, with credits for one."""
    store = Store(units)
    await store.open(1)
    await store.answer(Grant(0, 5, 1))
    answers = Counter(await asyncio.gather(*(store.answer(Reserve(0, job, 5)) for job in range(RACERS))))
    assert await store.balances() == [(0, 5)]
    return answers


async def page_ms(units: UnitsOfWork, engine: AsyncEngine) -> dict[int, float]:
    """Median time of a page in the middle of a statement, by its length; turns are taken."""
    store = Store(units)
    await store.open(len(STATEMENTS))
    for account, lines in zip(store.accounts, STATEMENTS, strict=True):
        await write_statement(engine, account, lines)
    async with engine.connect() as connection:
        await connection.execute(sa.text("ANALYZE"))
    times: dict[int, list[float]] = {lines: [] for lines in STATEMENTS}
    for _ in range(PAGES):
        for account, lines in zip(store.accounts, STATEMENTS, strict=True):
            began = time.perf_counter()
            async with units() as unit:
                assert len(await unit.books.page(account, limit=21, before=lines // 2)) == 21
            times[lines].append(time.perf_counter() - began)
    return {lines: statistics.median(taken) * 1e3 for lines, taken in times.items()}


@contextmanager
def migrated() -> Iterator[str]:
    """URL of a database of its own."""
    with tempfile.TemporaryDirectory(prefix="atelier-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's account must be able to enter it
        with EmbeddedPostgres(Path(folder) / "data", [SCHEMA], durable=False) as server:
            server.create_database("ledger")
            server.create_schemas("ledger")
            url = server.url(SCHEMA, "ledger")
            migrations.upgrade("services.auth", url)
            yield url


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple[UnitsOfWork, AsyncEngine]]:
    """The service's own units of work."""
    settings = AuthSettings(database_url=url)
    async with sql.engine_of(settings, schema=SCHEMA) as engine:
        yield units_of(settings, engine, AesGcmSeals(ring_of(new_key("benchmark")))), engine


async def measure(url: str, seeds: int, steps: int) -> tuple[str, dict[str, object]]:
    """The table, and its figures."""
    tally, races = Tally(), Counter[str]()
    async with opened(url) as (units, engine):
        for seed in range(seeds):
            await walk(units, engine, seed, steps, tally)
            print(f"{datetime.now(UTC):%H:%M:%S} seed {seed}: {dict(tally.answers)}", flush=True)
        for _ in range(RACES):
            races.update(await race(units))
        recount = await CheckLedger(units)()
        pages = await page_ms(units, engine)
    figures: dict[str, object] = {
        "seeds": seeds,
        "steps": steps,
        "answers": tally.answers,
        "pairs": tally.pairs,
        "repeats": tally.repeats,
        "movements": recount.entries,
        "sum": sum(recount.totals.values()),
        "misfits": len(recount.misfits),
        "races": races,
        "page_ms": pages,
    }
    return _table(seeds, steps, tally, recount, races, pages), figures


def _table(
    seeds: int, steps: int, tally: Tally, recount: Recount, races: Counter[str], pages: dict[int, float]
) -> str:
    answers = ", ".join(f"{count:,} `{answer}`" for answer, count in tally.answers.most_common())
    short, long = STATEMENTS
    times = "\N{MULTIPLICATION SIGN}"
    return f"""# The ledger under random walks

`python -m benchmarks.ledger --seeds {seeds} --steps {steps}` · {datetime.now(UTC):%Y-%m-%d} · PostgreSQL, {ACCOUNTS} accounts a walk

Each step makes one call, a call that was made before, or two at the same moment: grants and corrections, holds, captures
of a part, releases. After **each** step the answers and balances are those that a model gives for some order of the
calls, the entries of every wallet add up to 0, and its balances to those of its entries.

| | |
|---|---|
| steps | {seeds} {times} {steps:,} = {seeds * steps:,}, {tally.pairs:,} of them two calls at once, {tally.repeats:,} of them repeated calls |
| answers | {answers} |
| movements written | {recount.entries:,} |
| steps after which something did not fit | 0 |
| sum of all entries at the end, by the service's own check | {sum(recount.totals.values())} |
| numbers that do not fit, by the same | {len(recount.misfits)} |
| {RACERS} holds at once with credits for one, {RACES} times | {races["OK"]} accepted, {races["INSUFFICIENT_CREDITS"]:,} refused, {races.total() - races["OK"] - races["INSUFFICIENT_CREDITS"]} otherwise |
| a page from the middle of {long:,} lines, beside {short:,} | {pages[long]:.2f} ms, {pages[short]:.2f} ms: {pages[long] / pages[short]:.2f} {times} |
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--steps", type=int, default=5_000)
    arguments = parser.parse_args()
    with migrated() as url:
        table, figures = uvloop.run(measure(url, arguments.seeds, arguments.steps))
    write_result("ledger", table, figures)


if __name__ == "__main__":
    main()
