"""Whom the other services have to forget, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.auth.domain.deletions import KEEPERS


class MemoryDeletions:
    """Times of deletion in a dictionary, by account and service."""

    def __init__(self, deletions: dict[tuple[UUID, str], datetime]) -> None:
        self._deletions = deletions

    async def add(self, account_id: UUID, now: datetime) -> None:
        self._deletions |= {(account_id, service): now for service in KEEPERS}

    async def waiting(self, service: str, limit: int) -> Sequence[UUID]:
        own = [(when, id) for (id, keeper), when in self._deletions.items() if keeper == service]
        return [id for _, id in sorted(own)[:limit]]

    async def confirm(self, account_id: UUID, service: str, deleted_before: datetime) -> bool:
        deleted_at = self._deletions.get((account_id, service))
        if deleted_at is not None and deleted_at >= deleted_before:
            return False
        self._deletions.pop((account_id, service), None)
        return True
