"""What administrators do with accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from atelierkit.errors import NotFound
from atelierkit.pages import cut
from services.auth.domain.errors import LastAdmin
from services.auth.domain.model import Account, Position, Role, email_key
from services.auth.domain.people import Tier
from services.auth.domain.ports import Clock, UnitOfWork, UnitsOfWork


@dataclass(frozen=True)
class ListAccounts:
    """Finds accounts by a part of their address."""

    units: UnitsOfWork

    async def __call__(
        self, part: str, limit: int, after: Position | None
    ) -> tuple[Sequence[Account], Position | None]:
        """At most ``limit`` accounts, the newest first, and the place of the last where there are more."""
        async with self.units() as unit:
            found = await unit.accounts.page(part, limit=limit + 1, after=after)
        shown, last = cut(found, limit)
        return shown, Position(last.created_at, last.id) if last else None


@dataclass(frozen=True)
class ShowAccount:
    """Shows anybody's account."""

    units: UnitsOfWork

    async def __call__(self, id: UUID) -> Account:
        """Raise NotFound."""
        async with self.units() as unit:
            account = await unit.accounts.get(id)
        if account is None:
            raise NotFound("there is no such account")
        return account


@dataclass(frozen=True)
class FindAccount:
    """Shows the account of an address."""

    units: UnitsOfWork

    async def __call__(self, email: str) -> Account:
        """Raise NotFound."""
        async with self.units() as unit:
            account = await unit.accounts.by_email(email_key(email))
        if account is None:
            raise NotFound("no account has that e-mail")
        return account


@dataclass(frozen=True)
class ChangeAccount:
    """Changes what an account may do; None leaves it as it is. Closing it ends its sessions."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(
        self, id: UUID, *, role: Role | None, tier: Tier | None, disabled: bool | None
    ) -> Account:
        """Raise NotFound, or LastAdmin."""
        async with self.units() as unit:
            now = self.clock()
            if role is Role.USER or disabled:
                await keep_an_administrator(unit, id)
            account = await unit.accounts.locked(id)
            if account is None:
                raise NotFound("there is no such account")
            changed = replace(account, role=role or account.role, tier=tier or account.tier)
            if disabled is not None:
                changed = replace(changed, disabled_at=(account.disabled_at or now) if disabled else None)
            await unit.accounts.change(changed)
            if changed.disabled_at is not None:
                await unit.sessions.revoke_all(id, now)
        return changed


async def keep_an_administrator(unit: UnitOfWork, leaving: UUID) -> None:
    """Raise LastAdmin unless somebody else can administer the platform. Of two who leave at once, one has to stay."""
    able = {account.id for account in await unit.accounts.administrators()}
    if able == {leaving}:
        raise LastAdmin("the platform needs an administrator: make somebody else one first")
