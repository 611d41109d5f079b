"""Webhooks: people's servers, and what they want to hear of."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from services.auth.domain.events import EventKind
from services.auth.domain.signatures import new_webhook_secret

MAX_ENDPOINTS = 10
"""Webhooks of one account."""
OLD_SECRET_LIFE = timedelta(hours=24)
"""How long the secret before a rotation signs along."""
LETTER_EVERY = timedelta(days=1)
"""Least time between two letters about one webhook."""


class Disabled(enum.StrEnum):
    """Why a webhook gets nothing."""

    BY_OWNER = "by_owner"
    GONE = "gone"
    """Its server answered 410."""


@dataclass(frozen=True)
class Endpoint:
    """One webhook."""

    id: UUID
    account_id: UUID
    url: str
    events: frozenset[EventKind]
    """What it is told; empty for all."""
    secret: bytes
    created_at: datetime
    old_secret: bytes | None = None
    old_secret_until: datetime | None = None
    disabled: Disabled | None = None
    disabled_at: datetime | None = None
    paused_until: datetime | None = None
    """Until when its server asked to be left alone."""
    told_at: datetime | None = None
    """When its owner last got a letter about it."""

    @classmethod
    def new(cls, account_id: UUID, url: str, events: frozenset[EventKind], now: datetime) -> Endpoint:
        """A webhook with a secret of its own."""
        return cls(uuid4(), account_id, url, events, new_webhook_secret(), now)

    def wants(self, kind: EventKind) -> bool:
        """Whether an event of that kind is sent to it."""
        return self.disabled is None and (not self.events or kind in self.events)

    def secrets(self, now: datetime) -> tuple[bytes, ...]:
        """What messages are signed with: for a day after a rotation both, so that the receiver can change over."""
        if self.old_secret is None or self.old_secret_until is None or now >= self.old_secret_until:
            return (self.secret,)
        return (self.secret, self.old_secret)

    def rotated(self, now: datetime) -> Endpoint:
        """With a new secret; the one before it signs along for a day, older ones no more."""
        return replace(
            self,
            secret=new_webhook_secret(),
            old_secret=self.secret,
            old_secret_until=now + OLD_SECRET_LIFE,
        )

    def switched_off(self, why: Disabled, now: datetime) -> Endpoint:
        """It gets nothing more; one that is off already keeps its reason."""
        return self if self.disabled is not None else replace(self, disabled=why, disabled_at=now)

    def switched_on(self) -> Endpoint:
        """It gets what happens from now on."""
        return replace(self, disabled=None, disabled_at=None, paused_until=None)


class Endpoints(Protocol):
    """Webhooks; others' are as good as none."""

    async def add(self, endpoint: Endpoint) -> None:
        """Raise TooManyWebhooks where the account has all that one may have."""
        ...

    async def of(self, account_id: UUID) -> Sequence[Endpoint]:
        """The account's webhooks, the oldest first."""
        ...

    async def get(self, id: UUID) -> Endpoint | None: ...

    async def locked(self, id: UUID) -> Endpoint | None:
        """Like ``get``; nobody else changes it until the unit of work ends."""
        ...

    async def save(self, endpoint: Endpoint) -> None:
        """Store what may change of one that was locked before: all but its id, its account and its birth."""
        ...

    async def remove(self, id: UUID) -> None:
        """Delete it, and its deliveries with it."""
        ...
