"""The ledger: what may be done with credits, each thing once, whoever keeps the books."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from atelierkit.errors import FieldFault, InvalidInput, NotFound
from services.auth.domain.credits import (
    Entry,
    Hold,
    HoldState,
    Movement,
    Wallet,
    captured,
    granted,
    released,
    reserved,
)
from services.auth.domain.errors import (
    CreditsConflict,
    HoldCaptured,
    HoldReleased,
    HoldSettled,
    InsufficientCredits,
)


class HoldPosition(NamedTuple):
    """Where a page of open holds ends: those after it are younger."""

    reserved_at: datetime
    job_id: UUID


class History(NamedTuple):
    """All that is written about one wallet."""

    wallet: Wallet
    entries: Sequence[Entry]
    """Oldest first."""
    held: int
    """Credits of its open holds."""


class Books(Protocol):
    """Wallets, their entries and their holds. Times are the store's: one clock for all replicas."""

    async def wallet(self, account_id: UUID) -> Wallet | None:
        """The wallet of an account; None where it was never given credits."""
        ...

    async def locked(self, account_id: UUID) -> Wallet | None:
        """Like ``wallet``; nobody else changes it or its holds until the unit of work ends."""
        ...

    async def opened(self, account_id: UUID) -> Wallet | None:
        """Like ``locked``, and makes the wallet where there is none; None where there is no such account."""
        ...

    async def entry(self, wallet: Wallet, key: bytes) -> Entry | None:
        """The wallet's entry with that key."""
        ...

    async def write(self, wallet: Wallet, movement: Movement) -> None:
        """Append the movement that led to this wallet, and keep the wallet's balances."""
        ...

    async def hold(self, job_id: UUID) -> Hold | None: ...

    async def locked_hold(self, job_id: UUID) -> tuple[Wallet, Hold] | None:
        """A job's hold and its wallet, locked."""
        ...

    async def add_hold(
        self, wallet: Wallet, job_id: UUID, credits: int, reason: str, service: str
    ) -> Hold | None:
        """An open hold of a locked wallet; None where the job has one already."""
        ...

    async def settle_hold(self, hold: Hold) -> None:
        """Keep the hold's state and what was captured."""
        ...

    async def page(self, account_id: UUID, *, limit: int, before: int | None) -> Sequence[Entry]:
        """Entries of an account, newest first; those with numbers below ``before`` where that is given."""
        ...

    async def open_holds(
        self, service: str, *, older_than: timedelta, limit: int, after: HoldPosition | None
    ) -> Sequence[Hold]:
        """Open holds of a service, of at least that age, oldest first."""
        ...

    async def open_hold_count(self) -> int: ...

    def histories(self) -> AsyncIterator[History]:
        """Every wallet, all as of one moment; asked for before anything else in its unit of work."""
        ...


class Ledger:
    """Moves credits. Each change locks one wallet and nothing else, so no two can wait for each other."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def grant(self, account_id: UUID, credits: int, reason: str, key: str) -> Wallet:
        """Give credits, or take some back where they are negative; once for each key.

        Raise NotFound, InsufficientCredits, and CreditsConflict where the key was used for other credits.
        """
        wallet = await self._books.opened(account_id)
        if wallet is None:
            raise NotFound("there is no such account")
        movement = granted(credits, reason, key)
        known = await self._books.entry(wallet, movement.key)
        if known is None:
            return await self._write(wallet, movement)
        if known.movement.changes != movement.changes:
            raise CreditsConflict("this grant was made with other credits")
        return wallet

    async def reserve(
        self, account_id: UUID, job_id: UUID, credits: int, reason: str, service: str
    ) -> tuple[Wallet, Hold]:
        """Set credits aside for a service's job; the same again, while the hold is open, changes nothing.

        Raise InsufficientCredits, CreditsConflict where the job has another hold, HoldSettled where its hold has ended.
        """
        wallet = await self._books.locked(account_id)
        known = await self._books.hold(job_id)
        if known is not None:
            asked = (None if wallet is None else wallet.id, credits, service)
            if wallet is None or (known.wallet_id, known.credits, known.service) != asked:
                raise _other_hold()
            if known.state is not HoldState.OPEN:
                raise HoldSettled("the job's credits were paid, or went back")
            return wallet, known
        if wallet is None:
            raise InsufficientCredits(credits, 0)
        left = await self._write(wallet, reserved(job_id, credits, reason))
        hold = await self._books.add_hold(wallet, job_id, credits, reason, service)
        if hold is None:  # of another wallet, made meanwhile
            raise _other_hold()
        return left, hold

    async def capture(self, job_id: UUID, credits: int) -> Hold:
        """Take credits of a job's hold for good, and give the rest back.

        Raise NotFound, InvalidInput for more than is held, HoldReleased, and CreditsConflict where other credits were
        captured.
        """
        wallet, hold = await self._found(job_id)
        if hold.state is HoldState.RELEASED:
            raise HoldReleased("the job's credits went back")
        if hold.state is HoldState.CAPTURED:
            if hold.captured != credits:
                raise CreditsConflict("other credits were captured for this job")
            return hold
        if credits > hold.credits:
            text = "more than is held"
            fault = FieldFault("credits", "credits.above_hold", text, str(hold.credits))
            raise InvalidInput(text, faults=[fault])
        await self._write(wallet, captured(hold, credits))
        return await self._settled(replace(hold, state=HoldState.CAPTURED, captured=credits))

    async def release(self, job_id: UUID) -> Hold:
        """Give a job's hold back. Raise NotFound or HoldCaptured."""
        wallet, hold = await self._found(job_id)
        if hold.state is HoldState.CAPTURED:
            raise HoldCaptured("the job was paid")
        if hold.state is HoldState.RELEASED:
            return hold
        await self._write(wallet, released(hold))
        return await self._settled(replace(hold, state=HoldState.RELEASED))

    async def _found(self, job_id: UUID) -> tuple[Wallet, Hold]:
        found = await self._books.locked_hold(job_id)
        if found is None:
            raise NotFound("there is no hold for this job")
        return found

    async def _settled(self, hold: Hold) -> Hold:
        await self._books.settle_hold(hold)
        return hold

    async def _write(self, wallet: Wallet, movement: Movement) -> Wallet:
        left = wallet.after(movement)
        if left.available < 0:
            raise InsufficientCredits(wallet.available - left.available, wallet.available)
        await self._books.write(left, movement)
        return left


def _other_hold() -> CreditsConflict:
    return CreditsConflict("this job has another hold")
