"""API keys in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.auth.domain.api_keys import ApiKey, KeyHolder
from services.auth.domain.model import Account


class MemoryApiKeys:
    """Keys in a dictionary, by digest."""

    def __init__(self, keys: dict[bytes, ApiKey], accounts: Mapping[UUID, Account]) -> None:
        self._keys = keys
        self._accounts = accounts

    async def add(self, key: ApiKey, digest: bytes) -> None:
        self._keys[digest] = key

    async def of(self, account_id: UUID) -> Sequence[ApiKey]:
        own = [key for key in self._keys.values() if key.account_id == account_id]
        return sorted(own, key=lambda key: (key.created_at, key.id), reverse=True)

    async def by_digest(self, digest: bytes) -> KeyHolder | None:
        key = self._keys.get(digest)
        return None if key is None else KeyHolder(key, self._accounts[key.account_id])

    async def note_use(self, id: UUID, hour: datetime) -> None:
        self._keys |= {
            digest: replace(key, used_at=hour) for digest, key in self._keys.items() if key.id == id
        }

    async def revoke(self, id: UUID, account_id: UUID, now: datetime) -> bool:
        for digest, key in self._keys.items():
            if (key.id, key.account_id) == (id, account_id):
                self._keys[digest] = replace(key, revoked_at=key.revoked_at or now)
                return True
        return False

    async def forget(self, account_id: UUID, before: datetime) -> None:
        for digest, key in list(self._keys.items()):
            ends = [end for end in (key.revoked_at, key.expires_at) if end is not None]
            if key.account_id == account_id and ends and min(ends) <= before:
                del self._keys[digest]
