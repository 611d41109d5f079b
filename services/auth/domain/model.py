"""Accounts, sessions, and the failed log-ins that slow guessing down."""

from __future__ import annotations

import enum
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from services.auth.domain.people import MAX_DEVICE_CHARS, Language, Tier

MAX_FAILURES = 10
"""Wrong passwords that an account takes within ``FAILURE_WINDOW``."""
FAILURE_WINDOW = timedelta(minutes=15)

_SECRET_BYTES = 32


class Role(enum.StrEnum):
    """What an account may do; the value is the word in an access token's ``roles``."""

    USER = "user"
    ADMIN = "admin"


class SessionKind(enum.StrEnum):
    """How a session is carried on."""

    TOKENS = "tokens"
    """By refresh tokens, of which each use spends one and gives the next."""
    BROWSER = "browser"
    """By one secret in a cookie, the same for the session's whole life."""


@dataclass(frozen=True)
class Account:
    """A person who can log in."""

    id: UUID
    email: str
    """As the person wrote it."""
    password_hash: str
    role: Role
    created_at: datetime
    language: Language = Language.ENGLISH
    display_name: str = ""
    """What the person wants to be called; empty where nothing was said."""
    job_letters: bool = True
    """Whether the person wants a letter when a job of theirs ends."""
    tier: Tier = Tier.FREE
    email_verified_at: datetime | None = None
    """When the person showed that the address is theirs."""
    password_set_at: datetime | None = None
    """When the password was last changed; None for the one that the account began with."""
    disabled_at: datetime | None = None
    """When an administrator closed the account; None while it is open."""

    @classmethod
    def new(
        cls, email: str, password_hash: str, now: datetime, language: Language = Language.ENGLISH
    ) -> Account:
        """An ordinary account of its own id."""
        return cls(uuid4(), email, password_hash, Role.USER, now, language)


class Position(NamedTuple):
    """Place of an account in a list, newest first."""

    created_at: datetime
    id: UUID


@dataclass(frozen=True)
class Session:
    """One log-in, until it is closed or expires."""

    id: UUID
    account_id: UUID
    kind: SessionKind
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    device: str = ""
    """What the client said of itself when it logged in."""

    @classmethod
    def new(
        cls, account: Account, kind: SessionKind, now: datetime, life: timedelta, device: str = ""
    ) -> Session:
        """A session that begins now. Use does not lengthen its life."""
        return cls(uuid4(), account.id, kind, now, now, now + life, device=device[:MAX_DEVICE_CHARS])

    def is_open(self, now: datetime) -> bool:
        """Whether its secret still stands for its account."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True)
class Presented:
    """What a secret that somebody presents leads to."""

    session: Session
    account: Account
    spent: bool
    """Whether the secret has been traded for a newer one."""

    def carries_on(self, kind: SessionKind, now: datetime) -> bool:
        """Whether the session is of that kind and still open, and its account too."""
        return self.session.kind is kind and self.session.is_open(now) and self.account.disabled_at is None


@dataclass(frozen=True)
class Failures:
    """The latest wrong passwords for one address, oldest first; at most ``MAX_FAILURES`` are ever recorded."""

    times: tuple[datetime, ...] = ()

    def wait(self, now: datetime) -> timedelta | None:
        """Time until another password may be tried; None where it may be now."""
        recent = self._recent(now)
        return recent[0] + FAILURE_WINDOW - now if len(recent) >= MAX_FAILURES else None

    def and_one(self, now: datetime) -> Failures:
        """With a failure now; those that no longer count are dropped."""
        return Failures((*self._recent(now), now))

    def _recent(self, now: datetime) -> tuple[datetime, ...]:
        return tuple(time for time in self.times if time > now - FAILURE_WINDOW)


@dataclass(frozen=True)
class AccessToken:
    """A short-lived token that services verify by themselves."""

    value: str
    life: timedelta


@dataclass(frozen=True)
class TokenPair:
    """What carries a session of kind ``TOKENS`` on."""

    access: AccessToken
    refresh: str


@dataclass(frozen=True)
class BrowserSession:
    """What carries a session of kind ``BROWSER`` on."""

    secret: str
    life: timedelta


def email_key(email: str) -> bytes:
    """SHA-256 of the address without case: equal for addresses that name one account.

    A digest, because log-in takes any text: whatever is typed, 32 bytes are stored and compared.
    """
    return hashlib.sha256(email.casefold().encode()).digest()


def new_secret() -> str:
    """256 random bits, as 43 characters that are safe in a URL, a header and a cookie."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def secret_digest(secret: str) -> bytes:
    """SHA-256 under which a secret is stored. Random secrets need no slow hash: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()
