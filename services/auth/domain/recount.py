"""The books counted anew: whatever is kept beside the entries must be what the entries give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from services.auth.domain.credits import Book, Entry
from services.auth.domain.ledger import History


@dataclass(frozen=True)
class Misfit:
    """A number in the books that is not what the entries give."""

    wallet_id: UUID
    what: str
    written: int
    counted: int


@dataclass
class Recount:
    """Totals of what was counted so far, and what did not fit."""

    wallets: int = 0
    entries: int = 0
    held: int = 0
    """Credits of all open holds."""
    totals: Counter[Book] = field(default_factory=Counter)
    """Sum of all entries by book."""
    misfits: list[Misfit] = field(default_factory=list)

    def add(self, history: History) -> None:
        """Count one wallet."""
        self.wallets += 1
        self.entries += len(history.entries)
        self.held += history.held
        for entry in history.entries:
            self.totals.update(entry.movement.changes)
        self.misfits += misfits(history)


def misfits(history: History) -> Iterator[Misfit]:
    """What does not fit in one wallet."""
    wallet = history.wallet
    for what, written, counted in (*_lines(history.entries), *_balances(history)):
        if written != counted:
            yield Misfit(wallet.id, what, written, counted)


def _lines(entries: Iterable[Entry]) -> Iterator[tuple[str, int, int]]:
    """Each line against those before it: what, what is written, what the entries give."""
    available = held = 0
    for number, entry in enumerate(entries, 1):
        available += entry.movement.change(Book.AVAILABLE)
        held += entry.movement.change(Book.HELD)
        yield "a line's number", entry.number, number
        yield f"sum of line {number}", sum(entry.movement.changes.values()), 0
        yield f"balance of line {number}", entry.available, available
        yield f"held after line {number}", entry.held, held
        yield f"least balance at line {number}", min(available, held, 0), 0


def _balances(history: History) -> Iterator[tuple[str, int, int]]:
    wallet, entries = history.wallet, history.entries
    held = sum(entry.movement.change(Book.HELD) for entry in entries)
    yield "number of lines", wallet.movements, len(entries)
    yield "balance", wallet.available, sum(entry.movement.change(Book.AVAILABLE) for entry in entries)
    yield "held", wallet.held, held
    yield "credits of open holds", history.held, held
