"""Idempotency keys in memory: the twin of ``postgres_requests`` that passes the same tests."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from uuid import UUID

from atelierkit.errors import Unauthenticated
from services.auth.domain.requests import KeptRequest


class MemoryKeptRequests:
    """Keys in a dictionary."""

    def __init__(self, kept: dict[str, KeptRequest], accounts: Container[UUID]) -> None:
        self._kept = kept
        self._accounts = accounts

    async def locked(self, id: str) -> KeptRequest | None:
        return self._kept.get(id)

    async def locked_or_added(self, fresh: KeptRequest) -> KeptRequest:
        if fresh.account_id is not None and fresh.account_id not in self._accounts:
            raise Unauthenticated("the account of this access token no longer exists")
        return self._kept.setdefault(fresh.id, fresh)

    async def save(self, kept: KeptRequest) -> None:
        self._kept[kept.id] = kept

    async def drop_expired(self, now: datetime) -> None:
        for id in [id for id, kept in self._kept.items() if kept.expires_at <= now]:
            del self._kept[id]
