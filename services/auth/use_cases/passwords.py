"""Passwords: forgotten, set anew, changed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from atelierkit.errors import Unauthenticated
from atelierkit.repeat import repeated
from services.auth.domain.errors import InvalidCredentials, WrongPassword
from services.auth.domain.jobs import SEND_RESET
from services.auth.domain.letters import Letter, LetterKind
from services.auth.domain.links import Purpose
from services.auth.domain.model import Account, email_key
from services.auth.domain.passwords import refuse_weak_password
from services.auth.domain.ports import Clock, Passwords, UnitOfWork, UnitsOfWork
from services.auth.use_cases.sessions import CheckPassword
from services.auth.use_cases.welcome import open_account_of, owner_of, welcome, write_letter


@dataclass(frozen=True)
class ForgotPassword:
    """Has a letter written to whoever has that address, if anybody has.

    The account is looked for later, by a worker: known and unknown addresses are the same work here, to the last byte.
    """

    units: UnitsOfWork
    letters_are_sent: bool

    async def __call__(self, email: str) -> None:
        """Never tell whether there is such an account. Nothing happens where no letters are sent."""
        if self.letters_are_sent:
            async with self.units() as unit:
                await unit.jobs.put(SEND_RESET, {"email_key": email_key(email).hex()})


@dataclass(frozen=True)
class SendReset:
    """Writes the letter that ``ForgotPassword`` has promised; a worker's job."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, key: bytes) -> None:
        """Nothing happens for an unknown address and for an account that is closed."""
        async with self.units() as unit:
            account = await open_account_of(unit, key)
            if account is not None:
                await write_letter(unit, account, Purpose.RESET_PASSWORD, self.clock())


@dataclass(frozen=True)
class ResetPassword:
    """Sets a new password for whoever reads the address's mail, which verifies the address too; all sessions end."""

    units: UnitsOfWork
    passwords: Passwords
    clock: Clock

    @repeated
    async def __call__(self, token: str, password: str) -> None:
        """Raise InvalidLink, or WeakPassword, after which the link still works."""
        password_hash = await self.passwords.hash(password)
        async with self.units() as unit:
            now = self.clock()
            account = await owner_of(unit, token, Purpose.RESET_PASSWORD, now)
            refuse_weak_password(password, account.email)
            await welcome(unit, account, now)
            await unit.failed_log_ins.clear(email_key(account.email))
            await _set(unit, account, password_hash, self.clock)


@dataclass(frozen=True)
class ChangePassword:
    """Sets a new password for somebody who knows the old one; all other sessions end."""

    check_password: CheckPassword
    units: UnitsOfWork
    passwords: Passwords
    clock: Clock

    @repeated
    async def __call__(self, id: UUID, current: str, new: str, session_id: UUID | None) -> None:
        """Raise WrongPassword, TooManyAttempts or WeakPassword."""
        account = await proven(self.units, self.check_password, id, current)
        refuse_weak_password(new, account.email)
        password_hash = await self.passwords.hash(new)
        async with self.units() as unit:
            if await unit.accounts.locked(id) is None:
                raise Unauthenticated("the account of this access token no longer exists")
            await _set(unit, account, password_hash, self.clock, but=session_id)


async def proven(units: UnitsOfWork, check_password: CheckPassword, id: UUID, password: str) -> Account:
    """The account of somebody who is logged in and gives the password again. Raise WrongPassword or TooManyAttempts."""
    async with units() as unit:
        account = await unit.accounts.get(id)
    if account is None:
        raise Unauthenticated("the account of this access token no longer exists")
    try:
        return await check_password(account.email, password)
    except InvalidCredentials as error:
        raise WrongPassword("this is not the account's password") from error


async def _set(
    unit: UnitOfWork, account: Account, password_hash: str, clock: Clock, *, but: UUID | None = None
) -> None:
    now = clock()
    await unit.accounts.set_password(account.id, password_hash, now)
    await unit.sessions.revoke_all(account.id, now, but=but)
    await unit.letters.post(
        Letter(LetterKind.PASSWORD_CHANGED, account.email, account.language, account_id=account.id)
    )
