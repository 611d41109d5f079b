"""Addresses: who reads the mail there is welcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from atelierkit.repeat import repeated
from services.auth.domain.errors import InvalidLink
from services.auth.domain.letters import Letter, LetterKind
from services.auth.domain.links import Link, Purpose
from services.auth.domain.model import Account, new_secret, secret_digest
from services.auth.domain.people import WELCOME_CREDITS
from services.auth.domain.ports import Clock, UnitOfWork, UnitsOfWork

_NOT_VALID = "this link is not valid any more; ask for another letter"


async def welcome(unit: UnitOfWork, account: Account, now: datetime) -> Account:
    """Count the address of a locked account as verified and give the first credits; a second time changes nothing."""
    if account.email_verified_at is not None:
        return account
    verified = replace(account, email_verified_at=now)
    await unit.accounts.change(verified)
    await unit.ledger.grant(account.id, WELCOME_CREDITS, "welcome", f"welcome:{account.id}")
    return verified


async def open_account_of(unit: UnitOfWork, key: bytes) -> Account | None:
    """The account of an address, locked; None where there is none, or it is closed."""
    found = await unit.accounts.by_email(key)
    account = found and await unit.accounts.locked(found.id)
    return account if account is not None and account.disabled_at is None else None


async def write_letter(
    unit: UnitOfWork, account: Account, purpose: Purpose, now: datetime, kind: LetterKind | None = None
) -> None:
    """Post a letter with a new link of that purpose, unless the last one is too young for another.

    Without a kind it is the letter that the purpose is named after.
    """
    last = await unit.links.newest(account.id, purpose)
    if last is not None and last.is_fresh(now):
        return
    secret = new_secret()
    await unit.links.put(Link.new(account.id, purpose, secret, now))
    await unit.letters.post(
        Letter(
            kind or LetterKind(purpose.value), account.email, account.language, {"token": secret}, account.id
        )
    )


async def owner_of(unit: UnitOfWork, token: str, purpose: Purpose, now: datetime) -> Account:
    """Use a link up; gives its account, locked. Raise InvalidLink, also where the account is closed."""
    id = await unit.links.take(secret_digest(token), purpose, now)
    account = None if id is None else await unit.accounts.locked(id)
    if account is None or account.disabled_at is not None:
        raise InvalidLink(_NOT_VALID)
    return account


@dataclass(frozen=True)
class VerifyEmail:
    """Takes the link of a letter for a proof that the address is the person's."""

    units: UnitsOfWork
    clock: Clock

    @repeated
    async def __call__(self, token: str) -> None:
        """Raise InvalidLink."""
        async with self.units() as unit:
            now = self.clock()
            await welcome(unit, await owner_of(unit, token, Purpose.VERIFY_EMAIL, now), now)


@dataclass(frozen=True)
class ResendVerification:
    """Writes that letter again; the link of the one before stops working."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, id: UUID) -> None:
        """Nothing happens for an address that is verified, nor within a minute of the last letter."""
        async with self.units() as unit:
            account = await unit.accounts.locked(id)
            if account is not None and account.email_verified_at is None:
                await write_letter(unit, account, Purpose.VERIFY_EMAIL, self.clock())
