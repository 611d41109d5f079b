"""Auth's storage in memory: the twin of ``postgres`` that passes the same tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.auth.domain.errors import EmailTaken
from services.auth.domain.model import Account, Failures, Presented, Role, Session, email_key


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

    def copy(self) -> _Tables:
        return _Tables(dict(self.accounts), dict(self.sessions), dict(self.secrets), dict(self.failures))


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


class MemoryAccounts:
    """Accounts in a dictionary."""

    def __init__(self, tables: _Tables) -> None:
        self._accounts = tables.accounts

    async def add(self, account: Account) -> None:
        if await self.by_email(email_key(account.email)) is not None:
            raise EmailTaken("an account with this e-mail exists")
        self._accounts[account.id] = account

    async def get(self, id: UUID) -> Account | None:
        return self._accounts.get(id)

    async def by_email(self, key: bytes) -> Account | None:
        return next((account for account in self._accounts.values() if email_key(account.email) == key), None)

    async def set_password_hash(self, id: UUID, password_hash: str) -> None:
        self._accounts[id] = replace(self._accounts[id], password_hash=password_hash)

    async def set_role(self, id: UUID, role: Role) -> None:
        self._accounts[id] = replace(self._accounts[id], role=role)


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
