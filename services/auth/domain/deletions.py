"""People whose accounts are gone, until every service that knew them has forgotten them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

GENERATOR = "generator"
KEEPERS = (GENERATOR,)
"""Services that keep something about people, auth itself aside."""
TOKENS_OUTLIVE = timedelta(minutes=1)
"""What is added to an access token's life: every service takes one for half a minute longer, its clock being its own."""


class Deletions(Protocol):
    """Who has to be forgotten, by whom."""

    async def add(self, account_id: UUID, now: datetime) -> None:
        """Have every one of ``KEEPERS`` forget that person."""
        ...

    async def waiting(self, service: str, limit: int) -> Sequence[UUID]:
        """Whom that service has to forget, the earliest deletion first."""
        ...

    async def confirm(self, account_id: UUID, service: str, deleted_before: datetime) -> bool:
        """Note that the service is done with a person who was deleted before then; False for a later one."""
        ...
