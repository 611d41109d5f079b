"""Consents that were taken back, until whoever kept what they had allowed has deleted it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.auth.domain.consents import Purpose

DELETES_SOMETHING = frozenset({Purpose.FACE_PHOTOS})
"""Purposes whose withdrawal has a service delete what it keeps."""
CALLS_OUTLIVE = timedelta(minutes=5)
"""A call that was let in just before a withdrawal may still store something: longer than any call works."""


class Withdrawals(Protocol):
    """Whose consent to what was taken back."""

    async def add(self, account_id: UUID, purpose: Purpose, now: datetime) -> None:
        """Have what it had allowed deleted."""
        ...

    async def drop(self, account_id: UUID, purpose: Purpose) -> None:
        """Have nothing more deleted: the consent was given again."""
        ...

    async def waiting(self, purpose: Purpose, limit: int) -> Sequence[UUID]:
        """Whose it is, the earliest withdrawal first."""
        ...

    async def confirm(self, account_id: UUID, purpose: Purpose, withdrawn_before: datetime) -> bool:
        """Note that all is deleted of somebody who took it back before then; False for a later one."""
        ...
