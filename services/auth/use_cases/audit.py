"""The audit trail: written, searched, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from atelierkit.pages import cut
from services.auth.domain.audit import START, Chained, Entry, Filters, Head, chain
from services.auth.domain.ports import UnitsOfWork

_AT_ONCE = 1000
"""Entries that are read and checked at a time."""


@dataclass(frozen=True)
class RecordAudit:
    """Writes entries at the trail's end."""

    units: UnitsOfWork

    async def __call__(self, entries: Sequence[Entry]) -> None:
        """Entries that are there already are passed over: whoever is not sure that they arrived sends them again."""
        wanted = {entry.id: entry for entry in entries}
        accounts = frozenset[UUID]().union(*(entry.accounts for entry in entries))
        async with self.units() as unit:
            await unit.audit.locked()
            tail = await unit.audit.tail(frozenset(wanted), accounts)
            new = [entry for id, entry in wanted.items() if id not in tail.written]
            await unit.audit.append(chain(tail.head, new, tail.gone))


@dataclass(frozen=True)
class SearchAudit:
    """Shows administrators a page of the trail."""

    units: UnitsOfWork

    async def __call__(
        self, filters: Filters, *, limit: int, before: int | None
    ) -> tuple[Sequence[Chained], int | None]:
        """The page, and the place in the chain before which the next one begins; None on the last."""
        async with self.units() as unit:
            found = await unit.audit.newest(filters, limit=limit + 1, before=before)
        page, last = cut(found, limit)
        return page, last.sequence if last else None


@dataclass(frozen=True)
class Verdict:
    """What a check of the chain has found."""

    head: Head
    """The last entry that holds."""
    fault: str | None = None
    """What is wrong with the entry behind it; None where the whole chain holds."""
    forgotten: int = 0
    """Entries of people who were deleted: they hold, and say no more who asked."""


@dataclass(frozen=True)
class CheckAudit:
    """Follows the chain from its beginning."""

    units: UnitsOfWork
    at_once: int = _AT_ONCE

    async def __call__(self, known: Head | None = None) -> Verdict:
        """Stop at the first entry that does not hold.

        ``known`` is a head that was noted before: entries cut off at the end leave a chain that holds, and only
        whoever knows where it ended can tell.
        """
        head, forgotten = START, 0
        async with self.units() as unit:
            while found := await unit.audit.following(head.sequence, limit=self.at_once):
                for link in found:
                    fault = link.fault_after(head)
                    if fault is None and known is not None and link.sequence == known.sequence:
                        fault = None if link.hash == known.hash else "it is not the one that was noted"
                    if fault is not None:
                        return Verdict(head, fault, forgotten)
                    head = link.head
                    forgotten += link.who.salt is None
        cut = known is not None and head.sequence < known.sequence
        return Verdict(
            head, "the entries from here to the one that was noted are missing" if cut else None, forgotten
        )
