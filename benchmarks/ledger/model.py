"""What the ledger must answer, said once more and otherwise; any storage is held against it.

Accounts, jobs and grants are small numbers here. ``Store`` asks the real thing and knows the ids.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import permutations
from uuid import UUID, uuid4

from atelierkit.errors import AppError
from services.auth.domain.model import Account
from services.auth.domain.ports import UnitsOfWork

OK = "OK"
SHORT = "INSUFFICIENT_CREDITS"
CONFLICT = "CREDITS_CONFLICT"


@dataclass(frozen=True)
class Grant:
    """Credits given, or taken back where they are negative."""

    account: int
    credits: int
    grant: int


@dataclass(frozen=True)
class Reserve:
    """Credits held for a job."""

    account: int
    job: int
    credits: int


@dataclass(frozen=True)
class Capture:
    """Credits of a job's hold taken for good."""

    job: int
    credits: int


@dataclass(frozen=True)
class Release:
    """A job's hold given back."""

    job: int


Call = Grant | Reserve | Capture | Release


@dataclass(frozen=True)
class Job:
    """A job that has credits: those it holds, and those it paid once it has ended."""

    account: int
    held: int
    paid: int | None = None
    """None while it is under way; 0 after a release."""
    released: bool = False


@dataclass
class Model:
    """The state that the calls so far lead to."""

    available: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    grants: dict[tuple[int, int], int] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)

    def copy(self) -> Model:
        return Model(self.available.copy(), self.grants.copy(), self.jobs.copy())

    def balances(self, accounts: int) -> list[tuple[int, int]]:
        """What each account has to spend, and in jobs under way."""
        held = [0] * accounts
        for job in self.jobs.values():
            if job.paid is None:
                held[job.account] += job.held
        return [(self.available[account], held[account]) for account in range(accounts)]

    def apply(self, call: Call) -> str:
        """Do it, and say how it ends."""
        match call:
            case Grant():
                return self._grant(call)
            case Reserve():
                return self._reserve(call)
            case Capture(job, credits):
                return self._end(job, credits, released=False)
            case Release(job):
                return self._end(job, 0, released=True)

    def _grant(self, call: Grant) -> str:
        known = self.grants.get((call.account, call.grant))
        if known is not None:
            return OK if known == call.credits else CONFLICT
        if self.available[call.account] + call.credits < 0:
            return SHORT
        self.grants[call.account, call.grant] = call.credits
        self.available[call.account] += call.credits
        return OK

    def _reserve(self, call: Reserve) -> str:
        known = self.jobs.get(call.job)
        if known is not None:
            if (known.account, known.held) != (call.account, call.credits):
                return CONFLICT
            return OK if known.paid is None else "HOLD_SETTLED"
        if self.available[call.account] < call.credits:
            return SHORT
        self.available[call.account] -= call.credits
        self.jobs[call.job] = Job(call.account, call.credits)
        return OK

    def _end(self, number: int, credits: int, *, released: bool) -> str:
        job = self.jobs.get(number)
        if job is None:
            return "NOT_FOUND"
        if job.paid is not None:
            if job.released != released:
                return "HOLD_RELEASED" if job.released else "HOLD_CAPTURED"
            return OK if job.paid == credits else CONFLICT
        if credits > job.held:
            return "INVALID_ARGUMENT"
        self.available[job.account] += job.held - credits
        self.jobs[number] = Job(job.account, job.held, credits, released)
        return OK


class Store:
    """The ledger under test."""

    def __init__(self, units: UnitsOfWork) -> None:
        self.units = units
        self.accounts: list[UUID] = []
        self.jobs: dict[int, UUID] = defaultdict(uuid4)
        """Ids by number."""

    async def open(self, accounts: int) -> None:
        """Make that many accounts."""
        for _ in range(accounts):
            account = Account.new(f"{uuid4()}@example.org", "a hash", datetime.now(UTC))
            async with self.units() as unit:
                await unit.accounts.add(account)
            self.accounts.append(account.id)

    async def answer(self, call: Call) -> str:
        """Ask, and say how it ends."""
        try:
            async with self.units() as unit:
                match call:
                    case Grant(account, credits, grant):
                        await unit.ledger.grant(self.accounts[account], credits, "a grant", str(grant))
                    case Reserve(account, job, credits):
                        await unit.ledger.reserve(
                            self.accounts[account], self.jobs[job], credits, "a job", "generator"
                        )
                    case Capture(job, credits):
                        await unit.ledger.capture(self.jobs[job], credits)
                    case Release(job):
                        await unit.ledger.release(self.jobs[job])
        except AppError as error:
            return error.reason
        return OK

    async def balances(self) -> list[tuple[int, int]]:
        """What each account has to spend, and held."""
        async with self.units() as unit:
            wallets = [await unit.books.wallet(account) for account in self.accounts]
        return [(wallet.available, wallet.held) if wallet else (0, 0) for wallet in wallets]


async def agree(model: Model, store: Store, calls: Sequence[Call]) -> tuple[Model, list[str]]:
    """Make the calls at the same time; gives the model after them, and the answers.

    Raises AssertionError unless answers and balances are those of some order of the calls.
    """
    answers = await asyncio.gather(*map(store.answer, calls))
    balances = await store.balances()
    expected = []
    for order in permutations(range(len(calls))):
        after = model.copy()
        told = {index: after.apply(calls[index]) for index in order}
        expected.append(([told[index] for index in range(len(calls))], after.balances(len(balances))))
        if expected[-1] == (answers, balances):
            return after, answers
    raise AssertionError(f"{calls} gave {answers} and {balances}, none of {expected}")
