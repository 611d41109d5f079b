"""Links in letters: each carries a secret that proves, once, that somebody reads the address's mail."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.auth.domain.model import secret_digest


class Purpose(enum.StrEnum):
    """What a link is good for; it opens nothing else."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose


LIFE: Mapping[Purpose, timedelta] = {
    Purpose.VERIFY_EMAIL: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
}
PAUSE = timedelta(minutes=1)
"""Least time between two letters of one purpose: nobody's mailbox is flooded by somebody who asks again and again."""


@dataclass(frozen=True)
class Link:
    """One link; its secret is known by its digest alone."""

    digest: bytes
    account_id: UUID
    purpose: Purpose
    created_at: datetime
    expires_at: datetime

    @classmethod
    def new(cls, account_id: UUID, purpose: Purpose, secret: str, now: datetime) -> Link:
        """A link that works from now on, for as long as its purpose allows."""
        return cls(secret_digest(secret), account_id, purpose, now, now + LIFE[purpose])

    def is_fresh(self, now: datetime) -> bool:
        """Whether it is too young for another letter."""
        return now < self.created_at + PAUSE


class Links(Protocol):
    """At most one link of each purpose for an account: the newest."""

    async def put(self, link: Link) -> None:
        """Store it in place of the one before."""
        ...

    async def newest(self, account_id: UUID, purpose: Purpose) -> Link | None:
        """The one that is stored, expired or not."""
        ...

    async def take(self, digest: bytes, purpose: Purpose, now: datetime) -> UUID | None:
        """Use a link up, and say whose it was; None for one that is unknown, used, expired or of another purpose."""
        ...
