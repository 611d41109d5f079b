"""Accounts: made, looked at, given a role."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from atelierkit.errors import NotFound, Unauthenticated
from atelierkit.repeat import repeated
from services.auth.domain.errors import AccountDisabled
from services.auth.domain.links import Purpose
from services.auth.domain.model import AccessToken, Account, Role, email_key
from services.auth.domain.passwords import refuse_weak_password
from services.auth.domain.people import Language
from services.auth.domain.ports import AccessTokens, Clock, Passwords, UnitsOfWork
from services.auth.use_cases.welcome import welcome, write_letter


@dataclass(frozen=True)
class SignUp:
    """Makes an account."""

    units: UnitsOfWork
    passwords: Passwords
    clock: Clock
    letters_are_sent: bool
    """Whether the address has to be verified; where no letter could ask for it, it counts as verified at once."""

    @repeated
    async def __call__(self, email: str, password: str, language: Language = Language.ENGLISH) -> Account:
        """Raise WeakPassword or EmailTaken."""
        refuse_weak_password(password, email)
        now = self.clock()
        account = Account.new(email, await self.passwords.hash(password), now, language)
        async with self.units() as unit:
            await unit.accounts.add(account)
            if not self.letters_are_sent:
                return await welcome(unit, account, now)
            await write_letter(unit, account, Purpose.VERIFY_EMAIL, now)
        return account


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
