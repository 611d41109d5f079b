"""Consents that were taken back, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.auth.domain.consents import Purpose


@dataclass(frozen=True)
class Withdrawal:
    """One that waits."""

    account_id: UUID
    purpose: Purpose
    withdrawn_at: datetime


class MemoryWithdrawals:
    """Withdrawals by account and purpose."""

    def __init__(self, withdrawals: dict[tuple[UUID, Purpose], Withdrawal]) -> None:
        self._withdrawals = withdrawals

    async def add(self, account_id: UUID, purpose: Purpose, now: datetime) -> None:
        self._withdrawals[account_id, purpose] = Withdrawal(account_id, purpose, now)

    async def drop(self, account_id: UUID, purpose: Purpose) -> None:
        self._withdrawals.pop((account_id, purpose), None)

    async def waiting(self, purpose: Purpose, limit: int) -> Sequence[UUID]:
        waiting = [one for one in self._withdrawals.values() if one.purpose is purpose]
        waiting.sort(key=lambda one: (one.withdrawn_at, one.account_id))
        return [one.account_id for one in waiting[:limit]]

    async def confirm(self, account_id: UUID, purpose: Purpose, withdrawn_before: datetime) -> bool:
        one = self._withdrawals.get((account_id, purpose))
        if one is not None and one.withdrawn_at >= withdrawn_before:
            return False
        self._withdrawals.pop((account_id, purpose), None)
        return True
