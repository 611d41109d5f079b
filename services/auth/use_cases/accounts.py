"""Accounts: made, looked at, given a role."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from atelierkit.errors import NotFound, Unauthenticated
from atelierkit.repeat import repeated
from services.auth.domain.errors import AccountDisabled, EmailTaken
from services.auth.domain.letters import LetterKind
from services.auth.domain.links import Purpose
from services.auth.domain.model import AccessToken, Account, Role, email_key
from services.auth.domain.passwords import refuse_weak_password
from services.auth.domain.people import Language
from services.auth.domain.ports import AccessTokens, Clock, Passwords, UnitOfWork, UnitsOfWork
from services.auth.use_cases.welcome import open_account_of, welcome, write_letter


@dataclass(frozen=True)
class SignUp:
    """Makes an account.

    Where letters are sent, a taken address answers as a free one does, after the same work, and its owner is told by
    letter: nobody else learns that there is such an account.
    """

    units: UnitsOfWork
    passwords: Passwords
    clock: Clock
    letters_are_sent: bool
    """Whether the address has to be verified; where no letter could ask for it, it counts as verified at once."""

    @repeated
    async def __call__(self, email: str, password: str, language: Language = Language.ENGLISH) -> Account:
        """The account that was made, or would have been. Raise WeakPassword, and EmailTaken where no letters are sent."""
        refuse_weak_password(password, email)
        now = self.clock()
        account = Account.new(email, await self.passwords.hash(password), now, language)
        async with self.units() as unit:
            if not self.letters_are_sent:
                await unit.accounts.add(account)
                return await welcome(unit, account, now)
            try:
                await unit.accounts.add(account)
            except EmailTaken:
                await _tell_owner(unit, email, now)
            else:
                await write_letter(unit, account, Purpose.VERIFY_EMAIL, now)
        return account


async def _tell_owner(unit: UnitOfWork, email: str, now: datetime) -> None:
    """Write to whoever has the address that somebody tried to sign up with it, with a link for a forgotten password."""
    owner = await open_account_of(unit, email_key(email))
    if owner is not None:
        await write_letter(unit, owner, Purpose.RESET_PASSWORD, now, LetterKind.ADDRESS_TAKEN)


@dataclass(frozen=True)
class GetAccount:
    """Shows people their own account."""

    units: UnitsOfWork

    async def __call__(self, id: UUID) -> Account:
        """Raise Unauthenticated when the account is gone or closed: its last access tokens outlive it by minutes."""
        async with self.units() as unit:
            account = await unit.accounts.get(id)
        if account is None or account.disabled_at is not None:
            raise Unauthenticated("the account of this access token no longer exists")
        return account


@dataclass(frozen=True)
class IssueTokenFor:
    """Lets a service go on with a person's work after the request has ended."""

    units: UnitsOfWork
    tokens: AccessTokens
    clock: Clock
    service: str
    """The one service that the contract lets ask."""

    async def __call__(self, id: UUID) -> AccessToken:
        """Raise NotFound or AccountDisabled: nobody's work goes on without them."""
        async with self.units() as unit:
            account = await unit.accounts.get(id)
        if account is None:
            raise NotFound("there is no such account")
        if account.disabled_at is not None:
            raise AccountDisabled("an administrator has closed this account")
        return self.tokens.issue_for(account, self.service, self.clock())


@dataclass(frozen=True)
class GrantAdmin:
    """Makes an account an administrator's; access tokens issued from then on say so."""

    units: UnitsOfWork

    async def __call__(self, email: str) -> None:
        """Raise NotFound."""
        async with self.units() as unit:
            found = await unit.accounts.by_email(email_key(email))
            account = found and await unit.accounts.locked(found.id)
            if account is None:
                raise NotFound("no account has that e-mail")
            await unit.accounts.change(replace(account, role=Role.ADMIN))
