"""Credits: shown, granted, held for jobs, settled, counted anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from atelierkit.pages import cut
from services.auth.domain.credits import Entry, Hold, Wallet
from services.auth.domain.ledger import HoldPosition
from services.auth.domain.ports import UnitsOfWork
from services.auth.domain.recount import Recount


@dataclass(frozen=True)
class ReserveCredits:
    """Sets the price of a job aside."""

    units: UnitsOfWork

    async def __call__(
        self, account_id: UUID, job_id: UUID, credits: int, reason: str, service: str
    ) -> tuple[Wallet, Hold]:
        """Raise InsufficientCredits, CreditsConflict or HoldSettled."""
        async with self.units() as unit:
            return await unit.ledger.reserve(account_id, job_id, credits, reason, service)


@dataclass(frozen=True)
class CaptureCredits:
    """Takes the price of a job that completed."""

    units: UnitsOfWork

    async def __call__(self, job_id: UUID, credits: int) -> Hold:
        """Raise NotFound, InvalidInput, HoldReleased or CreditsConflict."""
        async with self.units() as unit:
            return await unit.ledger.capture(job_id, credits)


@dataclass(frozen=True)
class ReleaseCredits:
    """Gives the price of a job back that failed or was cancelled."""

    units: UnitsOfWork

    async def __call__(self, job_id: UUID) -> Hold:
        """Raise NotFound or HoldCaptured."""
        async with self.units() as unit:
            return await unit.ledger.release(job_id)


@dataclass(frozen=True)
class ListHolds:
    """Shows a service the holds of its jobs that are under way, or were lost."""

    units: UnitsOfWork

    async def __call__(
        self, service: str, older_than: timedelta, limit: int, after: HoldPosition | None
    ) -> tuple[Sequence[Hold], HoldPosition | None]:
        """Open holds of at least that age, oldest first, and where the next page begins."""
        async with self.units() as unit:
            found = await unit.books.open_holds(service, older_than=older_than, limit=limit + 1, after=after)
        shown, last = cut(found, limit)
        return shown, HoldPosition(last.reserved_at, last.job_id) if last else None


@dataclass(frozen=True)
class GetBalance:
    """Shows what a person has."""

    units: UnitsOfWork

    async def __call__(self, account_id: UUID) -> Wallet | None:
        """None for somebody who was never given credits."""
        async with self.units() as unit:
            return await unit.books.wallet(account_id)


@dataclass(frozen=True)
class ListEntries:
    """Shows a person's statement."""

    units: UnitsOfWork

    async def __call__(
        self, account_id: UUID, limit: int, before: int | None
    ) -> tuple[Sequence[Entry], int | None]:
        """Entries, newest first, and the number that the next page begins before."""
        async with self.units() as unit:
            found = await unit.books.page(account_id, limit=limit + 1, before=before)
        shown, last = cut(found, limit)
        return shown, last.number if last else None


@dataclass(frozen=True)
class GrantCredits:
    """Gives an account credits, or takes some back."""

    units: UnitsOfWork

    async def __call__(self, account_id: UUID, credits: int, reason: str, grant_id: UUID) -> Wallet:
        """Raise NotFound, InsufficientCredits or CreditsConflict; the same grant again changes nothing."""
        async with self.units() as unit:
            return await unit.ledger.grant(account_id, credits, reason, f"grant:{grant_id}")


@dataclass(frozen=True)
class CheckLedger:
    """Counts all entries anew, and compares what is kept beside them."""

    units: UnitsOfWork

    async def __call__(self) -> Recount:
        """What was counted, and what does not fit."""
        recount = Recount()
        async with self.units() as unit:
            async for history in unit.books.histories():
                recount.add(history)
        return recount
