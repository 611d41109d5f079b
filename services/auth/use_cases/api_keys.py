"""API keys: made, listed, revoked, and traded for access tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from atelierkit.errors import NotFound, Unauthenticated
from atelierkit.repeat import repeated
from atelierkit.scopes import Scope
from services.auth.domain.api_keys import (
    MAX_KEYS,
    REMEMBERED,
    ApiKey,
    InvalidApiKey,
    TooManyApiKeys,
    is_key,
    new_text,
)
from services.auth.domain.model import AccessToken, secret_digest
from services.auth.domain.ports import AccessTokens, Clock, UnitsOfWork

_NOT_VALID = "the API key is not valid"


@dataclass(frozen=True)
class CreateApiKey:
    """Makes a key; what opens with it is told this once."""

    units: UnitsOfWork
    clock: Clock

    @repeated
    async def __call__(
        self, account_id: UUID, name: str, scopes: frozenset[Scope], life: timedelta | None
    ) -> tuple[ApiKey, str]:
        """The key and its text. Raise TooManyApiKeys, and Unauthenticated when the account is gone."""
        now = self.clock()
        key = ApiKey.new(account_id, name, scopes, now, life)
        text = new_text(key.id)
        async with self.units() as unit:
            # Of keys that are made side by side, each waits for the one before, and is counted with it.
            if await unit.accounts.locked(account_id) is None:
                raise Unauthenticated("the account of this access token no longer exists")
            await unit.api_keys.forget(account_id, now - REMEMBERED)
            working = sum(other.works(now) for other in await unit.api_keys.of(account_id))
            if working >= MAX_KEYS:
                raise TooManyApiKeys(f"a person has at most {MAX_KEYS} API keys", most=str(MAX_KEYS))
            await unit.api_keys.add(key, secret_digest(text))
        return key, text


@dataclass(frozen=True)
class ListApiKeys:
    """Shows people their keys that were not revoked, newest first."""

    units: UnitsOfWork

    async def __call__(self, account_id: UUID) -> Sequence[ApiKey]:
        """Expired ones are among them: somebody may wonder why a server gets no answer any more."""
        async with self.units() as unit:
            return [key for key in await unit.api_keys.of(account_id) if key.revoked_at is None]


@dataclass(frozen=True)
class RevokeApiKey:
    """Ends a key for good."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, account_id: UUID, id: UUID) -> None:
        """Raise NotFound where the person has no such key."""
        async with self.units() as unit:
            if not await unit.api_keys.revoke(id, account_id, self.clock()):
                raise NotFound("there is no such API key")


@dataclass(frozen=True)
class ExchangeApiKey:
    """Trades a key for a short access token that says what the key may."""

    units: UnitsOfWork
    tokens: AccessTokens
    clock: Clock

    async def __call__(self, text: str) -> AccessToken:
        """Raise InvalidApiKey, in one text for every fault of a key."""
        if not is_key(text):
            raise InvalidApiKey(_NOT_VALID)
        now = self.clock()
        hour = now.replace(minute=0, second=0, microsecond=0)
        async with self.units() as unit:
            found = await unit.api_keys.by_digest(secret_digest(text))
            if found is None or not found.key.works(now) or found.account.disabled_at is not None:
                raise InvalidApiKey(_NOT_VALID)
            if found.key.used_at is None or found.key.used_at < hour:
                await unit.api_keys.note_use(found.key.id, hour)
        return self.tokens.issue_for_key(found.account, found.key, now)
