"""The ledger of consents in memory."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.auth.domain.consents import Consent, Purpose


class MemoryConsents:
    """Entries in a dictionary, which keeps their order."""

    def __init__(self, entries: dict[UUID, Consent]) -> None:
        self._entries = entries

    async def append(self, consent: Consent) -> None:
        self._entries[consent.id] = consent

    async def standing(self, account_id: UUID, purpose: Purpose) -> Consent | None:
        return next((entry for entry in self._of(account_id) if entry.purpose == purpose), None)

    async def page(self, account_id: UUID, *, limit: int, after: UUID | None) -> Sequence[Consent]:
        own = self._of(account_id)
        if after is None:
            return own[:limit]
        ids = [entry.id for entry in own]
        begin = ids.index(after) + 1 if after in ids else len(ids)
        return own[begin : begin + limit]

    def _of(self, account_id: UUID) -> list[Consent]:
        """Newest first."""
        return [entry for entry in reversed(self._entries.values()) if entry.account_id == account_id]
