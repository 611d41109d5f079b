"""The books in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from services.auth.domain.credits import Entry, Hold, HoldState, Movement, Wallet
from services.auth.domain.ledger import History, HoldPosition
from services.auth.domain.model import Account


@dataclass(frozen=True)
class Purse:
    """Whose a wallet is. The account's, so it goes with the account; the wallet stays."""

    account_id: UUID
    wallet_id: UUID


class CreditTables(Protocol):
    """The tables that the books are in; wallets and holds name no account there."""

    accounts: dict[UUID, Account]
    purses: dict[UUID, Purse]
    wallets: dict[UUID, Wallet]
    entries: dict[tuple[UUID, int], Entry]
    holds: dict[UUID, Hold]


class MemoryBooks:
    """Units of work take turns, so whatever is read is locked."""

    def __init__(self, tables: CreditTables) -> None:
        self._tables = tables

    async def wallet(self, account_id: UUID) -> Wallet | None:
        purse = self._tables.purses.get(account_id)
        return None if purse is None else self._wallet(purse.wallet_id)

    async def locked(self, account_id: UUID) -> Wallet | None:
        return await self.wallet(account_id)

    async def opened(self, account_id: UUID) -> Wallet | None:
        if account_id in self._tables.accounts and account_id not in self._tables.purses:
            wallet = Wallet(uuid4(), None)
            self._tables.wallets[wallet.id] = wallet
            self._tables.purses[account_id] = Purse(account_id, wallet.id)
        return await self.wallet(account_id)

    async def entry(self, wallet: Wallet, key: bytes) -> Entry | None:
        return next((entry for entry in self._entries(wallet.id) if entry.movement.key == key), None)

    async def write(self, wallet: Wallet, movement: Movement) -> None:
        refused = min(wallet.available, wallet.held) < 0 or sum(movement.changes.values()) != 0
        if refused or (wallet.id, wallet.movements) in self._tables.entries:
            raise ValueError("PostgreSQL would refuse this")
        self._tables.wallets[wallet.id] = replace(wallet, account_id=None)
        self._tables.entries[wallet.id, wallet.movements] = Entry(
            wallet.movements, movement, wallet.available, wallet.held, datetime.now(UTC)
        )

    async def hold(self, job_id: UUID) -> Hold | None:
        hold = self._tables.holds.get(job_id)
        return None if hold is None else self._owned(hold)

    async def locked_hold(self, job_id: UUID) -> tuple[Wallet, Hold] | None:
        hold = await self.hold(job_id)
        return None if hold is None else (self._wallet(hold.wallet_id), hold)

    async def add_hold(
        self, wallet: Wallet, job_id: UUID, credits: int, reason: str, service: str
    ) -> Hold | None:
        if job_id in self._tables.holds:
            return None
        hold = Hold(job_id, wallet.id, None, credits, reason, datetime.now(UTC), service)
        self._tables.holds[job_id] = hold
        return await self.hold(job_id)

    async def settle_hold(self, hold: Hold) -> None:
        self._tables.holds[hold.job_id] = replace(hold, account_id=None)

    async def page(self, account_id: UUID, *, limit: int, before: int | None) -> Sequence[Entry]:
        wallet = await self.wallet(account_id)
        entries = [] if wallet is None else self._entries(wallet.id)
        return [entry for entry in reversed(entries) if before is None or entry.number < before][:limit]

    async def open_holds(
        self, service: str, *, older_than: timedelta, limit: int, after: HoldPosition | None
    ) -> Sequence[Hold]:
        youngest = datetime.now(UTC) - older_than
        found = [
            (HoldPosition(hold.reserved_at, hold.job_id), hold)
            for hold in self._tables.holds.values()
            if hold.service == service and hold.state is HoldState.OPEN and hold.reserved_at <= youngest
        ]
        shown = [hold for place, hold in sorted(found) if after is None or place > after]
        return [self._owned(hold) for hold in shown[:limit]]

    async def open_hold_count(self) -> int:
        return sum(hold.state is HoldState.OPEN for hold in self._tables.holds.values())

    async def histories(self) -> AsyncIterator[History]:
        for id in self._tables.wallets:
            is_open = [
                hold.credits
                for hold in self._tables.holds.values()
                if hold.wallet_id == id and hold.state is HoldState.OPEN
            ]
            yield History(self._wallet(id), self._entries(id), sum(is_open))

    def _wallet(self, wallet_id: UUID) -> Wallet:
        return replace(self._tables.wallets[wallet_id], account_id=self._owner(wallet_id))

    def _owned(self, hold: Hold) -> Hold:
        return replace(hold, account_id=self._owner(hold.wallet_id))

    def _owner(self, wallet_id: UUID) -> UUID | None:
        purses = self._tables.purses.values()
        return next((purse.account_id for purse in purses if purse.wallet_id == wallet_id), None)

    def _entries(self, wallet_id: UUID) -> list[Entry]:
        """Of one wallet, oldest first: entries are written in their order."""
        return [entry for (id, _), entry in self._tables.entries.items() if id == wallet_id]
