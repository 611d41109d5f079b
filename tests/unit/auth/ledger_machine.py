"""The ledger as a state machine: whatever is called in whatever order, answers and books are the model's."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from benchmarks.ledger.model import Call, Capture, Grant, Model, Release, Reserve, Store, agree
from services.auth.domain.credits import Book
from services.auth.domain.ports import UnitsOfWork
from services.auth.domain.recount import Recount

ACCOUNTS = 3

_accounts = st.integers(0, ACCOUNTS - 1)
_jobs = st.integers(0, 4)
_calls: st.SearchStrategy[Call] = st.one_of(
    st.builds(Grant, _accounts, st.sampled_from([-9, -3, 4, 12, 30]), st.integers(0, 4)),
    st.builds(Reserve, _accounts, _jobs, st.integers(1, 8)),
    st.builds(Capture, _jobs, st.integers(0, 9)),
    st.builds(Release, _jobs),
)


class LedgerMachine(RuleBasedStateMachine):
    """One ledger, on its own event loop."""

    def opened(self) -> AbstractAsyncContextManager[UnitsOfWork]:
        """The storage."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._store = Store(self._runner.run(self._stack.enter_async_context(self.opened())))
        self._model = Model()
        self._made: list[Call] = []

    @initialize()
    def open_accounts(self) -> None:
        self._runner.run(self._store.open(ACCOUNTS))

    @rule(call=_calls)
    def call(self, call: Call) -> None:
        self._made.append(call)
        self._agree(call)

    @precondition(lambda self: self._made)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        self._agree(data.draw(st.sampled_from(self._made)))

    @rule(one=_calls, other=_calls)
    def call_two_at_once(self, one: Call, other: Call) -> None:
        self._made += [one, other]
        self._agree(one, other)

    @rule(one=_calls)
    def call_the_same_twice_at_once(self, one: Call) -> None:
        self._made.append(one)
        self._agree(one, one)

    @invariant()
    def the_books_fit(self) -> None:
        recount = self._runner.run(self._recounted())
        assert recount.misfits == []
        assert sum(recount.totals.values()) == 0
        own = self._model.balances(ACCOUNTS)
        assert recount.totals[Book.AVAILABLE] == sum(available for available, _ in own)
        assert recount.totals[Book.HELD] == recount.held == sum(held for _, held in own)
        assert recount.totals[Book.ISSUED] == -sum(self._model.grants.values())

    def teardown(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    def _agree(self, *calls: Call) -> None:
        self._model, _ = self._runner.run(agree(self._model, self._store, calls))

    async def _recounted(self) -> Recount:
        """Of this machine's own accounts; the database may hold others'."""
        recount = Recount()
        async with self._store.units() as unit:
            async for history in unit.books.histories():
                if history.wallet.account_id in self._store.accounts:
                    recount.add(history)
        return recount
