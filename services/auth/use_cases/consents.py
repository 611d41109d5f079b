"""Consents: given, taken back, shown, and asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.auth.domain.consents import (
    Consent,
    ConsentRequired,
    Origin,
    Policies,
    PolicyNotInForce,
    Purpose,
)
from services.auth.domain.ports import Clock, UnitOfWork, UnitsOfWork

Withdrawn = Callable[[UnitOfWork, Consent], Awaitable[None]]
"""Hears of a consent that was taken back, in the same transaction: whoever keeps what it allowed deletes that."""


@dataclass(frozen=True)
class RecordConsent:
    """Writes down that somebody consents to a policy, or does so no longer."""

    units: UnitsOfWork
    clock: Clock
    policies: Policies
    listeners: Sequence[Withdrawn] = ()
    """Whoever hears of withdrawals."""

    async def __call__(
        self, account_id: UUID, purpose: Purpose, version: str, *, given: bool, origin: Origin
    ) -> Consent:
        """The entry; where it would change nothing, the one that stands. Raise PolicyNotInForce.

        A consent may be taken back whatever version was named: nobody has to read a new policy to say no.
        """
        in_force = self.policies[purpose]
        if given and version != in_force:
            raise PolicyNotInForce("that policy is not the one in force", purpose=purpose, version=in_force)
        consent = Consent.new(account_id, purpose, version, given=given, origin=origin, now=self.clock())
        async with self.units() as unit:
            # Of two that come together, the second sees what the first has written.
            await unit.accounts.locked(account_id)
            standing = await unit.consents.standing(account_id, purpose)
            if standing is not None and consent.says_the_same_as(standing):
                return standing
            await unit.consents.append(consent)
            if standing is not None and standing.given and not given:
                for heard in self.listeners:
                    await heard(unit, consent)
        return consent


@dataclass(frozen=True)
class ListConsents:
    """Shows people what they allowed and took back, newest first."""

    units: UnitsOfWork

    async def __call__(self, account_id: UUID, *, limit: int, after: UUID | None) -> Sequence[Consent]:
        """Entries after that one; none after one that is not theirs."""
        async with self.units() as unit:
            return await unit.consents.page(account_id, limit=limit, after=after)


@dataclass(frozen=True)
class RequireConsent:
    """Lets pass whoever has consented to the policy in force."""

    units: UnitsOfWork
    policies: Policies

    async def __call__(self, account_id: UUID, purpose: Purpose) -> Consent:
        """The consent that allows it. Raise ConsentRequired, which names purpose and version."""
        version = self.policies[purpose]
        async with self.units() as unit:
            standing = await unit.consents.standing(account_id, purpose)
        if standing is None or not standing.given or standing.policy_version != version:
            raise ConsentRequired("this needs the person's consent", purpose=purpose, version=version)
        return standing
