"""Accounts: made, looked at, given a role."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from atelierkit.errors import NotFound, Unauthenticated
from services.auth.domain.model import (
    Account,
    Role,
    email_key,
)
from services.auth.domain.passwords import refuse_weak_password
from services.auth.domain.ports import Clock, Passwords, UnitsOfWork


@dataclass(frozen=True)
class SignUp:
    """Makes an account."""

    units: UnitsOfWork
    passwords: Passwords
    clock: Clock

    async def __call__(self, email: str, password: str) -> Account:
        """Raise WeakPassword or EmailTaken."""
        refuse_weak_password(password, email)
        account = Account.new(email, await self.passwords.hash(password), self.clock())
        async with self.units() as unit:
            await unit.accounts.add(account)
        return account


@dataclass(frozen=True)
class GetAccount:
    """Shows people their own account."""

    units: UnitsOfWork

    async def __call__(self, id: UUID) -> Account:
        """Raise Unauthenticated when the account is gone: its last access tokens outlive it by minutes."""
        async with self.units() as unit:
            account = await unit.accounts.get(id)
        if account is None:
            raise Unauthenticated("the account of this access token no longer exists")
        return account


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
