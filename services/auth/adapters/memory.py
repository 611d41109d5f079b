"""Auth's storage in memory: the twin of ``postgres`` that passes the same tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.auth.adapters.memory_api_keys import MemoryApiKeys
from services.auth.adapters.memory_audit import MemoryAuditTrail
from services.auth.adapters.memory_consents import MemoryConsents
from services.auth.adapters.memory_credits import MemoryBooks, Purse
from services.auth.adapters.memory_deletions import MemoryDeletions
from services.auth.adapters.memory_letters import Job, MemoryJobs, MemoryLetters, StoredLetter
from services.auth.adapters.memory_links import MemoryLinks
from services.auth.adapters.memory_requests import MemoryKeptRequests
from services.auth.adapters.memory_webhooks import MemoryDeliveries, MemoryEndpoints, MemoryEvents
from services.auth.adapters.memory_withdrawals import MemoryWithdrawals, Withdrawal
from services.auth.domain.api_keys import ApiKey
from services.auth.domain.audit import Chained
from services.auth.domain.consents import Consent
from services.auth.domain.consents import Purpose as ConsentPurpose
from services.auth.domain.credits import Entry, Hold, Wallet
from services.auth.domain.deliveries import Delivery
from services.auth.domain.errors import EmailTaken
from services.auth.domain.events import Event
from services.auth.domain.ledger import Ledger
from services.auth.domain.links import Link, Purpose
from services.auth.domain.model import Account, Failures, Position, Presented, Role, Session, email_key
from services.auth.domain.requests import KeptRequest
from services.auth.domain.webhooks import Endpoint


@dataclass(frozen=True)
class _Secret:
    session_id: UUID
    spent: bool = False


@dataclass
class _Tables:
    accounts: dict[UUID, Account] = field(default_factory=dict)
    sessions: dict[UUID, Session] = field(default_factory=dict)
    secrets: dict[bytes, _Secret] = field(default_factory=dict)
    failures: dict[bytes, Failures] = field(default_factory=dict)
    kept_requests: dict[str, KeptRequest] = field(default_factory=dict)
    audit: dict[int, Chained] = field(default_factory=dict)

    links: dict[tuple[UUID, Purpose], Link] = field(default_factory=dict)
    deletions: dict[tuple[UUID, str], datetime] = field(default_factory=dict)
    api_keys: dict[bytes, ApiKey] = field(default_factory=dict)
    consents: dict[UUID, Consent] = field(default_factory=dict)
    withdrawals: dict[tuple[UUID, ConsentPurpose], Withdrawal] = field(default_factory=dict)
    purses: dict[UUID, Purse] = field(default_factory=dict)
    wallets: dict[UUID, Wallet] = field(default_factory=dict)
    entries: dict[tuple[UUID, int], Entry] = field(default_factory=dict)
    holds: dict[UUID, Hold] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    letters: dict[UUID, StoredLetter] = field(default_factory=dict)
    endpoints: dict[UUID, Endpoint] = field(default_factory=dict)
    events: dict[UUID, Event] = field(default_factory=dict)
    deliveries: dict[UUID, Delivery] = field(default_factory=dict)

    def copy(self) -> _Tables:
        return _Tables(**{name: table.copy() for name, table in vars(self).items()})

    def forget(self, account_id: UUID) -> None:
        """Drop the account and all that is its own, as the foreign keys do in PostgreSQL."""
        self.accounts.pop(account_id, None)
        for table in vars(self).values():
            for key in [key for key, row in table.items() if getattr(row, "account_id", None) == account_id]:
                del table[key]
        for digest in [digest for digest, one in self.secrets.items() if one.session_id not in self.sessions]:
            del self.secrets[digest]


class MemoryUnitsOfWork:
    """Units of work one after another, on tables that last as long as this object."""

    def __init__(self) -> None:
        self._tables = _Tables()
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[MemoryUnitOfWork]:
        """Work on a copy, which becomes the tables unless the block raises."""
        async with self._turn:
            draft = self._tables.copy()
            yield MemoryUnitOfWork(draft)
            self._tables = draft


class MemoryUnitOfWork:
    """The repositories on one copy of the tables."""

    def __init__(self, tables: _Tables) -> None:
        self.accounts = MemoryAccounts(tables)
        self.sessions = MemorySessions(tables)
        self.failed_log_ins = MemoryFailedLogIns(tables)
        self.kept_requests = MemoryKeptRequests(tables.kept_requests, tables.accounts)
        self.audit = MemoryAuditTrail(tables.audit, tables.accounts)
        self.links = MemoryLinks(tables.links)
        self.deletions = MemoryDeletions(tables.deletions)
        self.api_keys = MemoryApiKeys(tables.api_keys, tables.accounts)
        self.consents = MemoryConsents(tables.consents)
        self.withdrawals = MemoryWithdrawals(tables.withdrawals)
        self.books = MemoryBooks(tables)
        self.ledger = Ledger(self.books)
        self.jobs = MemoryJobs(tables.jobs)
        self.letters = MemoryLetters(tables.letters, self.jobs)
        self.endpoints = MemoryEndpoints(tables.endpoints, tables.deliveries)
        self.events = MemoryEvents(tables.events, tables.deliveries)
        self.deliveries = MemoryDeliveries(tables.deliveries, self.jobs)


class MemoryAccounts:
    """Accounts in a dictionary."""

    def __init__(self, tables: _Tables) -> None:
        self._tables = tables
        self._accounts = tables.accounts

    async def add(self, account: Account) -> None:
        if await self.by_email(email_key(account.email)) is not None:
            raise EmailTaken("an account with this e-mail exists")
        self._accounts[account.id] = account

    async def get(self, id: UUID) -> Account | None:
        return self._accounts.get(id)

    async def by_email(self, key: bytes) -> Account | None:
        return next((account for account in self._accounts.values() if email_key(account.email) == key), None)

    async def set_password(self, id: UUID, password_hash: str, now: datetime) -> None:
        self._accounts[id] = replace(self._accounts[id], password_hash=password_hash, password_set_at=now)

    async def rehash(self, id: UUID, old: str, new: str) -> None:
        stored = self._accounts.get(id)
        if stored is not None and stored.password_hash == old:
            self._accounts[id] = replace(stored, password_hash=new)

    async def locked(self, id: UUID) -> Account | None:
        return await self.get(id)

    async def administrators(self) -> Sequence[Account]:
        return [one for one in self._accounts.values() if one.role is Role.ADMIN and one.disabled_at is None]

    async def page(self, part: str, *, limit: int, after: Position | None) -> Sequence[Account]:
        found = [one for one in self._accounts.values() if part.casefold() in one.email.casefold()]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return [one for one in found if after is None or (one.created_at, one.id) < after][:limit]

    async def change(self, account: Account) -> None:
        stored = self._accounts[account.id]
        self._accounts[account.id] = replace(
            account,
            email=stored.email,
            password_hash=stored.password_hash,
            password_set_at=stored.password_set_at,
            created_at=stored.created_at,
        )

    async def remove(self, id: UUID) -> None:
        self._tables.forget(id)


class MemorySessions:
    """Sessions and their secrets in two dictionaries."""

    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    async def add(self, session: Session, digest: bytes) -> None:
        self._tables.sessions[session.id] = session
        self._tables.secrets[digest] = _Secret(session.id)

    async def locked(self, digest: bytes) -> Presented | None:
        secret = self._tables.secrets.get(digest)
        if secret is None:
            return None
        session = self._tables.sessions[secret.session_id]
        return Presented(session, self._tables.accounts[session.account_id], secret.spent)

    async def rotate(self, session: Session, digest: bytes, now: datetime) -> None:
        secrets = self._tables.secrets
        for known, secret in secrets.items():
            if secret.session_id == session.id:
                secrets[known] = replace(secret, spent=True)
        secrets[digest] = _Secret(session.id)
        await self.touch(session, now)

    async def touch(self, session: Session, now: datetime) -> None:
        self._tables.sessions[session.id] = replace(self._tables.sessions[session.id], used_at=now)

    async def revoke(self, session: Session, now: datetime) -> None:
        stored = self._tables.sessions[session.id]
        self._tables.sessions[session.id] = replace(stored, revoked_at=stored.revoked_at or now)

    async def drop_expired(self, account: Account, now: datetime) -> None:
        sessions, secrets = self._tables.sessions, self._tables.secrets
        gone = {one.id for one in sessions.values() if one.account_id == account.id and one.expires_at <= now}
        for id in gone:
            del sessions[id]
        for digest in [digest for digest, secret in secrets.items() if secret.session_id in gone]:
            del secrets[digest]

    async def of(self, account_id: UUID) -> Sequence[Session]:
        own = [one for one in self._tables.sessions.values() if one.account_id == account_id]
        return sorted(own, key=lambda one: (one.used_at, one.id), reverse=True)

    async def revoke_all(self, account_id: UUID, now: datetime, *, but: UUID | None = None) -> None:
        for session in await self.of(account_id):
            if session.id != but:
                await self.revoke(session, now)


class MemoryFailedLogIns:
    """Failures in a dictionary; those of other addresses stay, for memory ends with the process."""

    def __init__(self, tables: _Tables) -> None:
        self._failures = tables.failures

    async def get(self, key: bytes) -> Failures:
        return self._failures.get(key, Failures())

    async def locked(self, key: bytes) -> Failures:
        return await self.get(key)

    async def save(self, key: bytes, failures: Failures) -> None:
        self._failures[key] = failures

    async def clear(self, key: bytes) -> None:
        self._failures.pop(key, None)
