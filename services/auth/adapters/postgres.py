"""Auth's storage in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from atelierkit import sql
from atelierkit.jobs import Rail
from services.auth.adapters.postgres_api_keys import PostgresApiKeys
from services.auth.adapters.postgres_audit import PostgresAuditTrail
from services.auth.adapters.postgres_consents import PostgresConsents
from services.auth.adapters.postgres_credits import PostgresBooks
from services.auth.adapters.postgres_deletions import PostgresDeletions
from services.auth.adapters.postgres_deliveries import PostgresDeliveries
from services.auth.adapters.postgres_jobs import RailJobs
from services.auth.adapters.postgres_letters import PostgresLetters
from services.auth.adapters.postgres_links import PostgresLinks
from services.auth.adapters.postgres_requests import PostgresKeptRequests
from services.auth.adapters.postgres_webhooks import PostgresEndpoints, PostgresEvents
from services.auth.adapters.postgres_withdrawals import PostgresWithdrawals
from services.auth.adapters.sealed_columns import DISPLAY_NAMES
from services.auth.adapters.tables.accounts import (
    accounts,
    failed_log_ins,
    session_secrets,
    sessions,
)
from services.auth.domain.errors import EmailTaken
from services.auth.domain.ledger import Ledger
from services.auth.domain.model import (
    FAILURE_WINDOW,
    Account,
    Failures,
    Position,
    Presented,
    Role,
    Session,
    SessionKind,
    email_key,
)
from services.auth.domain.people import Language, Tier
from services.auth.domain.sealing import Seals

_FORGOTTEN_AT_ONCE = 100
"""Addresses whose old failures one wrong password sweeps out: more than it adds, so that the table stays small."""


class PostgresUnitOfWork(sql.UnitOfWork):
    """The repositories in one transaction."""

    accounts: PostgresAccounts
    sessions: PostgresSessions
    failed_log_ins: PostgresFailedLogIns
    kept_requests: PostgresKeptRequests
    audit: PostgresAuditTrail
    links: PostgresLinks
    deletions: PostgresDeletions
    api_keys: PostgresApiKeys
    consents: PostgresConsents
    withdrawals: PostgresWithdrawals
    books: PostgresBooks
    ledger: Ledger
    jobs: RailJobs
    letters: PostgresLetters
    endpoints: PostgresEndpoints
    events: PostgresEvents
    deliveries: PostgresDeliveries

    def __init__(self, engine: AsyncEngine, seals: Seals, rail: Rail, *, mail: bool) -> None:
        """``mail`` says whether there is a mail server to take letters."""
        super().__init__(engine)
        self._seals = seals
        self._rail = rail
        self._mail = mail

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.accounts = PostgresAccounts(self.session, self._seals)
        self.sessions = PostgresSessions(self.session, self.accounts.read)
        self.failed_log_ins = PostgresFailedLogIns(self.session)
        self.kept_requests = PostgresKeptRequests(self.session)
        self.audit = PostgresAuditTrail(self.session)
        self.links = PostgresLinks(self.session)
        self.deletions = PostgresDeletions(self.session)
        self.api_keys = PostgresApiKeys(self.session, self.accounts.read)
        self.consents = PostgresConsents(self.session, self._seals)
        self.withdrawals = PostgresWithdrawals(self.session)
        self.books = PostgresBooks(self.session)
        self.ledger = Ledger(self.books)
        self.jobs = RailJobs(self.session, self._rail)
        self.letters = PostgresLetters(self.session, self._seals, self.jobs, mail=self._mail)
        self.endpoints = PostgresEndpoints(self.session, self._seals)
        self.events = PostgresEvents(self.session)
        self.deliveries = PostgresDeliveries(self.session, self.jobs)
        return self


class PostgresAccounts:
    """Table ``accounts``."""

    def __init__(self, session: AsyncSession, seals: Seals) -> None:
        self._session = session
        self._seals = seals

    async def add(self, account: Account) -> None:
        statement = insert(accounts).values(
            id=account.id,
            email=account.email,
            email_key=email_key(account.email),
            password_hash=account.password_hash,
            created_at=account.created_at,
            **self._changing(account),
        )
        added = await self._session.scalar(
            statement.on_conflict_do_nothing(index_elements=[accounts.c.email_key]).returning(accounts.c.id)
        )
        if added is None:
            raise EmailTaken("an account with this e-mail exists")

    async def get(self, id: UUID) -> Account | None:
        return await self._one(accounts.c.id == id)

    async def by_email(self, key: bytes) -> Account | None:
        return await self._one(accounts.c.email_key == key)

    async def locked(self, id: UUID) -> Account | None:
        # Without the key: whatever refers to the account may be written meanwhile.
        statement = sa.select(accounts).where(accounts.c.id == id).with_for_update(key_share=True)
        found = await self._several(statement)
        return found[0] if found else None

    async def administrators(self) -> Sequence[Account]:
        able = sa.select(accounts).where(accounts.c.role == Role.ADMIN, accounts.c.disabled_at.is_(None))
        # In one order, so that no two who take rights away wait for each other.
        return await self._several(able.order_by(accounts.c.id).with_for_update(key_share=True))

    async def page(self, part: str, *, limit: int, after: Position | None) -> Sequence[Account]:
        place = sa.tuple_(accounts.c.created_at, accounts.c.id)
        newest_first = sa.select(accounts).order_by(accounts.c.created_at.desc(), accounts.c.id.desc())
        if part:
            newest_first = newest_first.where(accounts.c.email.icontains(part, autoescape=True))
        if after is not None:
            newest_first = newest_first.where(place < sa.tuple_(*map(sa.literal, after)))
        return await self._several(newest_first.limit(limit))

    async def _one(self, condition: sa.ColumnElement[bool]) -> Account | None:
        found = await self._several(sa.select(accounts).where(condition))
        return found[0] if found else None

    async def _several(self, statement: sa.Select[Any]) -> list[Account]:
        return [self.read(row) for row in (await self._session.execute(statement)).mappings()]

    async def change(self, account: Account) -> None:
        await self._session.execute(
            sa.update(accounts).where(accounts.c.id == account.id).values(self._changing(account))
        )

    async def set_password(self, id: UUID, password_hash: str, now: datetime) -> None:
        await self._session.execute(
            sa.update(accounts)
            .where(accounts.c.id == id)
            .values(password_hash=password_hash, password_set_at=now)
        )

    async def rehash(self, id: UUID, old: str, new: str) -> None:
        await self._session.execute(
            sa.update(accounts)
            .where(accounts.c.id == id, accounts.c.password_hash == old)
            .values(password_hash=new)
        )

    async def remove(self, id: UUID) -> None:
        # Sessions, secrets and links go along by their foreign keys.
        await self._session.execute(sa.delete(accounts).where(accounts.c.id == id))

    def read(self, row: RowMapping) -> Account:
        """The account in a row that holds all of the table's columns."""
        id, sealed = row[accounts.c.id], row[accounts.c.sealed_display_name]
        name = b"" if sealed is None else self._seals.open(sealed, DISPLAY_NAMES.place(id))
        return Account(
            id=id,
            email=row[accounts.c.email],
            password_hash=row[accounts.c.password_hash],
            role=Role(row[accounts.c.role]),
            created_at=row[accounts.c.created_at],
            language=Language(row[accounts.c.language]),
            job_letters=row[accounts.c.job_letters],
            display_name=name.decode(),
            tier=Tier(row[accounts.c.tier]),
            email_verified_at=row[accounts.c.email_verified_at],
            password_set_at=row[accounts.c.password_set_at],
            disabled_at=row[accounts.c.disabled_at],
        )

    def _changing(self, account: Account) -> dict[str, Any]:
        """The columns that ``change`` writes."""
        name = account.display_name.encode()
        return {
            "role": account.role,
            "language": account.language,
            "job_letters": account.job_letters,
            "sealed_display_name": self._seals.seal(name, DISPLAY_NAMES.place(account.id)) if name else None,
            "tier": account.tier,
            "email_verified_at": account.email_verified_at,
            "disabled_at": account.disabled_at,
        }


class PostgresSessions:
    """Tables ``sessions`` and ``session_secrets``."""

    def __init__(self, session: AsyncSession, account: Callable[[RowMapping], Account]) -> None:
        """``account`` reads the account in a row."""
        self._session = session
        self._account = account

    async def add(self, session: Session, digest: bytes) -> None:
        await self._session.execute(
            sa.insert(sessions).values(
                id=session.id,
                account_id=session.account_id,
                kind=session.kind,
                created_at=session.created_at,
                used_at=session.used_at,
                expires_at=session.expires_at,
                revoked_at=session.revoked_at,
                device=session.device,
            )
        )
        await self._add_secret(session, digest)

    async def locked(self, digest: bytes) -> Presented | None:
        # The secret's row is locked with its session's: rows that a join merely reads keep the state from
        # before the wait, and a secret that was spent meanwhile would still look live.
        statement = (
            sa.select(sessions, accounts, session_secrets.c.spent_at)
            .select_from(session_secrets.join(sessions).join(accounts))
            .where(session_secrets.c.digest == digest)
            .with_for_update(of=[sessions, session_secrets])
        )
        row = (await self._session.execute(statement)).mappings().one_or_none()
        if row is None:
            return None
        return Presented(
            _stored_session(row), self._account(row), row[session_secrets.c.spent_at] is not None
        )

    async def rotate(self, session: Session, digest: bytes, now: datetime) -> None:
        await self._session.execute(
            sa.update(session_secrets)
            .where(session_secrets.c.session_id == session.id, session_secrets.c.spent_at.is_(None))
            .values(spent_at=now)
        )
        await self._add_secret(session, digest)
        await self.touch(session, now)

    async def touch(self, session: Session, now: datetime) -> None:
        await self._session.execute(
            sa.update(sessions).where(sessions.c.id == session.id).values(used_at=now)
        )

    async def revoke(self, session: Session, now: datetime) -> None:
        await self._session.execute(
            sa.update(sessions)
            .where(sessions.c.id == session.id, sessions.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )

    async def drop_expired(self, account: Account, now: datetime) -> None:
        await self._session.execute(
            sa.delete(sessions).where(sessions.c.account_id == account.id, sessions.c.expires_at <= now)
        )

    async def of(self, account_id: UUID) -> Sequence[Session]:
        own = sa.select(sessions).where(sessions.c.account_id == account_id)
        rows = await self._session.execute(own.order_by(sessions.c.used_at.desc(), sessions.c.id.desc()))
        return [_stored_session(row) for row in rows.mappings()]

    async def revoke_all(self, account_id: UUID, now: datetime, *, but: UUID | None = None) -> None:
        others = sa.update(sessions).where(
            sessions.c.account_id == account_id, sessions.c.revoked_at.is_(None)
        )
        if but is not None:
            others = others.where(sessions.c.id != but)
        await self._session.execute(others.values(revoked_at=now))

    async def _add_secret(self, session: Session, digest: bytes) -> None:
        await self._session.execute(sa.insert(session_secrets).values(digest=digest, session_id=session.id))


class PostgresFailedLogIns:
    """Table ``failed_log_ins``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, key: bytes) -> Failures:
        times = await self._session.scalar(
            sa.select(failed_log_ins.c.times).where(failed_log_ins.c.email_key == key)
        )
        return Failures(tuple(times or ()))

    async def locked(self, key: bytes) -> Failures:
        # An advisory lock, because there is no row to lock before the first failure.
        await self._session.execute(
            sa.select(sa.func.pg_advisory_xact_lock(int.from_bytes(key[:8], signed=True)))
        )
        return await self.get(key)

    async def save(self, key: bytes, failures: Failures) -> None:
        written = {"times": list(failures.times), "latest_at": failures.times[-1]}
        statement = insert(failed_log_ins).values(email_key=key, **written)
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=[failed_log_ins.c.email_key], set_=written)
        )
        await self._forget(failures.times[-1] - FAILURE_WINDOW)

    async def clear(self, key: bytes) -> None:
        await self._session.execute(sa.delete(failed_log_ins).where(failed_log_ins.c.email_key == key))

    async def _forget(self, before: datetime) -> None:
        """Sweep out addresses whose failures are all older; those that others hold are left to them."""
        old = (
            sa.select(failed_log_ins.c.email_key)
            .where(failed_log_ins.c.latest_at <= before)
            .limit(_FORGOTTEN_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        await self._session.execute(sa.delete(failed_log_ins).where(failed_log_ins.c.email_key.in_(old)))


def _stored_session(row: RowMapping) -> Session:
    return Session(
        id=row[sessions.c.id],
        account_id=row[sessions.c.account_id],
        kind=SessionKind(row[sessions.c.kind]),
        created_at=row[sessions.c.created_at],
        used_at=row[sessions.c.used_at],
        expires_at=row[sessions.c.expires_at],
        revoked_at=row[sessions.c.revoked_at],
        device=row[sessions.c.device],
    )
