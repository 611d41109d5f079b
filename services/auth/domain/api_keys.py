"""API keys: what a server shows in a person's place, for what the key was made for and nothing else."""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID, uuid4

from atelierkit.errors import AppError, Code, Unauthenticated
from atelierkit.scopes import Scope
from services.auth.domain.model import Account

MAX_KEYS = 25
"""Keys that a person has at a time; revoked and expired ones do not count."""
REMEMBERED = timedelta(days=90)
"""How long a key that no longer works is kept."""
KEY_TOKEN_LIFE = timedelta(minutes=5)
"""Longest life of an access token that a key is traded for. Long enough for the longest request."""

_PREFIX = "atk"
_SECRET_BYTES = 32
_FORM = re.compile(_PREFIX + r"_[0-9a-f]{32}_[0-9A-Za-z]{49}")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_DIGITS = 43  # of base 62 for 256 bits
_CHECK_DIGITS = 6  # of base 62 for 32 bits


class TooManyApiKeys(AppError):
    """The person has as many keys as one may have."""

    code = Code.FAILED_PRECONDITION
    reason = "TOO_MANY_API_KEYS"


class InvalidApiKey(Unauthenticated):
    """The key is none of ours, revoked or expired; which of these is not told."""


@dataclass(frozen=True)
class ApiKey:
    """A key as its owner sees it: all but what opens with it."""

    id: UUID
    account_id: UUID
    name: str
    """What the owner calls it."""
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    """When it was last used, to the hour: so much can be told without a write for each use."""
    revoked_at: datetime | None = None

    @classmethod
    def new(
        cls, account_id: UUID, name: str, scopes: frozenset[Scope], now: datetime, life: timedelta | None
    ) -> ApiKey:
        """A key that works from now on, for good where there is no ``life``."""
        return cls(uuid4(), account_id, name, scopes, now, None if life is None else now + life)

    def works(self, now: datetime) -> bool:
        """Whether it stands for its account."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def token_life(self, now: datetime) -> timedelta:
        """Life of an access token that it is traded for now: none outlives its key."""
        return KEY_TOKEN_LIFE if self.expires_at is None else min(KEY_TOKEN_LIFE, self.expires_at - now)


class KeyHolder(NamedTuple):
    """What a key that somebody shows leads to."""

    key: ApiKey
    account: Account


class ApiKeys(Protocol):
    """Keys, and the digests that they are found by."""

    async def add(self, key: ApiKey, digest: bytes) -> None: ...

    async def of(self, account_id: UUID) -> Sequence[ApiKey]:
        """The account's keys that are remembered, newest first."""
        ...

    async def by_digest(self, digest: bytes) -> KeyHolder | None: ...

    async def note_use(self, id: UUID, hour: datetime) -> None:
        """Note that it was used within that hour."""
        ...

    async def revoke(self, id: UUID, account_id: UUID, now: datetime) -> bool:
        """End that account's key; one that has ended keeps its time. False where the account has no such key."""
        ...

    async def forget(self, account_id: UUID, before: datetime) -> None:
        """Drop the account's keys that no longer worked before that time."""
        ...


def new_text(id: UUID) -> str:
    """The key itself, which only its owner ever sees: ``atk_<id>_<256 random bits><checksum>``."""
    secret = _base62(secrets.randbits(8 * _SECRET_BYTES), _SECRET_DIGITS)
    begun = f"{_PREFIX}_{id.hex}_{secret}"
    return begun + _checksum(begun)


def is_key(text: str) -> bool:
    """Whether it could be a key of ours: one that was cut, or mistyped, is found out without a look at the database."""
    return _FORM.fullmatch(text) is not None and _checksum(text[:-_CHECK_DIGITS]) == text[-_CHECK_DIGITS:]


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode("ascii")), _CHECK_DIGITS)


def _base62(number: int, digits: int) -> str:
    written = ""
    for _ in range(digits):
        number, digit = divmod(number, len(_DIGITS))
        written = _DIGITS[digit] + written
    return written
