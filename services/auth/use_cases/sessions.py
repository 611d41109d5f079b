"""Sessions: passwords are checked, secrets traded for tokens, and all of it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from atelierkit.errors import Unauthenticated
from atelierkit.repeat import repeated
from services.auth.domain.errors import (
    AccountDisabled,
    InvalidCredentials,
    InvalidRefreshToken,
    ReusedRefreshToken,
    TooManyAttempts,
)
from services.auth.domain.model import (
    AccessToken,
    Account,
    BrowserSession,
    Session,
    SessionKind,
    TokenPair,
    email_key,
    new_secret,
    secret_digest,
)
from services.auth.domain.ports import AccessTokens, Clock, Passwords, UnitOfWork, UnitsOfWork

_NOT_VALID = "the refresh token is not valid"
_NO_MATCH = "the e-mail or the password is not right"


@dataclass(frozen=True)
class CheckPassword:
    """Finds the account that an address and a password belong to; part of both ways to log in.

    The tenth wrong password within 15 minutes closes the address until the oldest of them is 15 minutes
    old. The right password is refused meanwhile as well, else guessing could go on; sessions that are open
    stay open. Addresses without an account behave and take time like others.
    """

    units: UnitsOfWork
    passwords: Passwords
    clock: Clock

    async def __call__(self, email: str, password: str) -> Account:
        """Raise InvalidCredentials, TooManyAttempts or AccountDisabled."""
        key = email_key(email)
        async with self.units() as unit:
            account = await unit.accounts.by_email(key)
            self._refuse_while_closed((await unit.failed_log_ins.get(key)).wait(self.clock()))
        matches = await self.passwords.matches(account.password_hash if account else None, password)
        if account is None or not matches:
            await self._fail(key)
            raise InvalidCredentials(_NO_MATCH)
        await self._succeed(account, key, password)
        # Told after the password was right alone: nobody else learns that there is such an account.
        if account.disabled_at is not None:
            raise AccountDisabled("an administrator has closed this account")
        return account

    @repeated
    async def _fail(self, key: bytes) -> None:
        async with self.units() as unit:
            failures = await unit.failed_log_ins.locked(key)
            # Asked again: of guesses that were hashed side by side, only the first ten may be answered.
            self._refuse_while_closed(failures.wait(self.clock()))
            await unit.failed_log_ins.save(key, failures.and_one(self.clock()))

    @repeated
    async def _succeed(self, account: Account, key: bytes, password: str) -> None:
        new_hash = None
        if self.passwords.is_outdated(account.password_hash):
            new_hash = await self.passwords.hash(password)
        async with self.units() as unit:
            self._refuse_while_closed((await unit.failed_log_ins.locked(key)).wait(self.clock()))
            await unit.failed_log_ins.clear(key)
            if new_hash is not None:
                await unit.accounts.rehash(account.id, account.password_hash, new_hash)

    def _refuse_while_closed(self, wait: timedelta | None) -> None:
        if wait is not None:
            raise TooManyAttempts(
                "too many wrong passwords; try again later", retry_after_s=wait.total_seconds()
            )


@dataclass(frozen=True)
class LogIn:
    """Starts a session that refresh tokens carry on."""

    check_password: CheckPassword
    units: UnitsOfWork
    tokens: AccessTokens
    clock: Clock
    life: timedelta
    """Life of the session."""

    @repeated
    async def __call__(self, email: str, password: str, device: str = "") -> TokenPair:
        """Raise InvalidCredentials, TooManyAttempts or AccountDisabled."""
        account = await self.check_password(email, password)
        session = Session.new(account, SessionKind.TOKENS, self.clock(), self.life, device)
        async with self.units() as unit:
            secret = await _opened(unit, account, session)
        return TokenPair(self.tokens.issue(account, session, self.clock()), secret)


@dataclass(frozen=True)
class OpenBrowserSession:
    """Starts a session that one secret in a cookie carries on."""

    check_password: CheckPassword
    units: UnitsOfWork
    clock: Clock
    life: timedelta
    """Life of the session."""

    @repeated
    async def __call__(self, email: str, password: str, device: str = "") -> BrowserSession:
        """Raise InvalidCredentials, TooManyAttempts or AccountDisabled."""
        account = await self.check_password(email, password)
        session = Session.new(account, SessionKind.BROWSER, self.clock(), self.life, device)
        async with self.units() as unit:
            secret = await _opened(unit, account, session)
        return BrowserSession(secret, self.life)


async def _opened(unit: UnitOfWork, account: Account, session: Session) -> str:
    """Store the session and give its first secret; the account's expired ones make room.

    Raise InvalidCredentials when the account changed its password, was closed or deleted since the password was checked:
    whatever ended all sessions then must not miss this one.
    """
    now = await unit.accounts.locked(account.id)
    if now is None or now.password_set_at != account.password_set_at or now.disabled_at is not None:
        raise InvalidCredentials(_NO_MATCH)
    secret = new_secret()
    await unit.sessions.drop_expired(account, session.created_at)
    await unit.sessions.add(session, secret_digest(secret))
    return secret


@dataclass(frozen=True)
class RefreshTokens:
    """Trades a refresh token for the next pair."""

    units: UnitsOfWork
    tokens: AccessTokens
    clock: Clock

    @repeated
    async def __call__(self, refresh_token: str) -> TokenPair:
        """Raise InvalidRefreshToken. A spent token closes its session: thief and owner cannot be told apart."""
        secret = new_secret()
        async with self.units() as unit:
            found = await unit.sessions.locked(secret_digest(refresh_token))
            now = self.clock()
            if found is None or not found.carries_on(SessionKind.TOKENS, now):
                raise InvalidRefreshToken(_NOT_VALID)
            if found.spent:
                await unit.sessions.revoke(found.session, now)
            else:
                await unit.sessions.rotate(found.session, secret_digest(secret), now)
        # Raised outside of the unit of work, which would undo the revocation.
        if found.spent:
            raise ReusedRefreshToken(_NOT_VALID)
        return TokenPair(self.tokens.issue(found.account, found.session, now), secret)


@dataclass(frozen=True)
class ExchangeBrowserSession:
    """Trades a browser session's secret for an access token; the secret stays as it is."""

    units: UnitsOfWork
    tokens: AccessTokens
    clock: Clock

    async def __call__(self, secret: str) -> AccessToken:
        """Raise Unauthenticated when the session is unknown, closed or expired."""
        async with self.units() as unit:
            found = await unit.sessions.locked(secret_digest(secret))
            now = self.clock()
            if found is None or not found.carries_on(SessionKind.BROWSER, now):
                raise Unauthenticated("the browser session is closed or expired")
            await unit.sessions.touch(found.session, now)
        return self.tokens.issue(found.account, found.session, now)


@dataclass(frozen=True)
class LogOut:
    """Ends a session, whichever of its secrets is shown, spent ones included; an unknown one ends none."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, secret: str) -> None:
        """Never tell whether there was such a session."""
        async with self.units() as unit:
            found = await unit.sessions.locked(secret_digest(secret))
            if found is not None:
                await unit.sessions.revoke(found.session, self.clock())
