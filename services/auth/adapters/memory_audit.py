"""The audit trail in memory: the twin of ``postgres_audit`` that passes the same tests."""

from __future__ import annotations

from collections.abc import Container, Sequence
from uuid import UUID

from services.auth.domain.audit import ACCOUNT, START, Chained, Filters, Tail


class MemoryAuditTrail:
    """Entries by their place in a dictionary, in the chain's order."""

    def __init__(self, entries: dict[int, Chained], accounts: Container[UUID]) -> None:
        self._entries = entries
        self._accounts = accounts

    async def locked(self) -> None:
        """Units of work in memory come one after another."""

    async def tail(self, ids: frozenset[UUID], accounts: frozenset[UUID]) -> Tail:
        head = self._entries[max(self._entries)].head if self._entries else START
        written = ids & {one.entry.id for one in self._entries.values()}
        return Tail(head, written, frozenset(each for each in accounts if each not in self._accounts))

    async def append(self, entries: Sequence[Chained]) -> None:
        self._entries.update((one.sequence, one) for one in entries)

    async def forget(self, account_id: UUID, pseudonym: UUID) -> None:
        for place, one in self._entries.items():
            kept = one.without_who(pseudonym) if one.entry.who.account_id == account_id else one
            about = kept.entry.resource_id == f"{ACCOUNT}{account_id}"
            self._entries[place] = kept.without_resource() if about else kept

    async def newest(self, filters: Filters, *, limit: int, before: int | None) -> Sequence[Chained]:
        found = [one for one in reversed(self._entries.values()) if filters.match(one.entry)]
        return [one for one in found if before is None or one.sequence < before][:limit]

    async def following(self, sequence: int, *, limit: int) -> Sequence[Chained]:
        return [one for one in self._entries.values() if one.sequence > sequence][:limit]
