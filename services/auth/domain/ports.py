"""What the verbs need from the outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.auth.domain.api_keys import ApiKey, ApiKeys
from services.auth.domain.audit import AuditTrail
from services.auth.domain.consents import ConsentLedger
from services.auth.domain.deletions import Deletions
from services.auth.domain.deliveries import Deliveries
from services.auth.domain.events import Events
from services.auth.domain.jobs import Jobs
from services.auth.domain.ledger import Books, Ledger
from services.auth.domain.letters import Letters
from services.auth.domain.links import Links
from services.auth.domain.model import AccessToken, Account, Failures, Position, Presented, Session
from services.auth.domain.requests import KeptRequests
from services.auth.domain.webhooks import Endpoints
from services.auth.domain.withdrawals import Withdrawals

Clock = Callable[[], datetime]
"""The time now, aware, in UTC."""


class Accounts(Protocol):
    """Accounts by their id and by the key of their address."""

    async def add(self, account: Account) -> None:
        """Raise EmailTaken where another account has the address."""
        ...

    async def get(self, id: UUID) -> Account | None: ...

    async def by_email(self, key: bytes) -> Account | None:
        """The account whose address has that ``email_key``."""
        ...

    async def locked(self, id: UUID) -> Account | None:
        """Like ``get``; nobody else changes that account until the unit of work ends."""
        ...

    async def administrators(self) -> Sequence[Account]:
        """Whoever can administer the platform; nobody else changes these accounts until the unit of work ends."""
        ...

    async def page(self, part: str, *, limit: int, after: Position | None) -> Sequence[Account]:
        """Accounts whose address contains that text, in any case: the newest first, those after the position."""
        ...

    async def change(self, account: Account) -> None:
        """Store what may change of an account that was locked before: all but its id, its address and its password."""
        ...

    async def set_password(self, id: UUID, password_hash: str, now: datetime) -> None:
        """Store the hash of another password."""
        ...

    async def rehash(self, id: UUID, old: str, new: str) -> None:
        """Store another hash of the same password; where the old hash is no longer stored, nothing happens."""
        ...

    async def remove(self, id: UUID) -> None:
        """Delete the account, and all that is the account's alone with it."""
        ...


class Sessions(Protocol):
    """Sessions and the digests of the secrets that carry them: at most one live secret a session."""

    async def add(self, session: Session, digest: bytes) -> None:
        """Store a session with its first secret."""
        ...

    async def locked(self, digest: bytes) -> Presented | None:
        """What a secret leads to, live or spent; nobody else changes that session until the unit of work ends."""
        ...

    async def rotate(self, session: Session, digest: bytes, now: datetime) -> None:
        """Spend the live secret, make ``digest`` the live one, and note the use."""
        ...

    async def touch(self, session: Session, now: datetime) -> None:
        """Note the use."""
        ...

    async def revoke(self, session: Session, now: datetime) -> None:
        """Close it for good, with all of its secrets; a session that is closed already keeps its time."""
        ...

    async def drop_expired(self, account: Account, now: datetime) -> None:
        """Forget the account's sessions that have expired, and their secrets."""
        ...

    async def of(self, account_id: UUID) -> Sequence[Session]:
        """All sessions of the account that are known, the one that was used last first."""
        ...

    async def revoke_all(self, account_id: UUID, now: datetime, *, but: UUID | None = None) -> None:
        """Close the account's sessions, but for that one."""
        ...


class FailedLogIns(Protocol):
    """Wrong passwords by ``email_key``, of accounts that exist and of those that don't alike."""

    async def get(self, key: bytes) -> Failures: ...

    async def locked(self, key: bytes) -> Failures:
        """Like ``get``; nobody else gets them locked until the unit of work ends."""
        ...

    async def save(self, key: bytes, failures: Failures) -> None:
        """Replace them; also forgets some of those of other addresses that no longer count."""
        ...

    async def clear(self, key: bytes) -> None: ...


class UnitOfWork(Protocol):
    """Everything that one transaction reads and writes."""

    @property
    def accounts(self) -> Accounts: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def failed_log_ins(self) -> FailedLogIns: ...

    @property
    def kept_requests(self) -> KeptRequests: ...

    @property
    def audit(self) -> AuditTrail: ...

    @property
    def links(self) -> Links: ...

    @property
    def deletions(self) -> Deletions: ...

    @property
    def api_keys(self) -> ApiKeys: ...

    @property
    def consents(self) -> ConsentLedger: ...

    @property
    def withdrawals(self) -> Withdrawals: ...

    @property
    def books(self) -> Books: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def letters(self) -> Letters: ...

    @property
    def endpoints(self) -> Endpoints: ...

    @property
    def events(self) -> Events: ...

    @property
    def deliveries(self) -> Deliveries: ...


UnitsOfWork = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
"""Begins a unit of work: it commits when the block ends, and rolls back when it raises."""


class Passwords(Protocol):
    """Slow hashing of passwords, which are used exactly as given."""

    async def hash(self, password: str) -> str: ...

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether the password made the hash; for None it takes as long and answers no."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether a new hash of the same password would cost an attacker more."""
        ...


class AccessTokens(Protocol):
    """Signs access tokens."""

    def issue(self, account: Account, session: Session, now: datetime) -> AccessToken: ...

    def issue_for(self, account: Account, service: str, now: datetime) -> AccessToken:
        """A token of no session, with which that service acts for the person."""
        ...

    def issue_for_key(self, account: Account, key: ApiKey, now: datetime) -> AccessToken:
        """A token of no session, which may what the key may."""
        ...
