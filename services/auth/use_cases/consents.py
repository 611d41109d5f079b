"""Consents: given, taken back with all that follows from it, shown, and asked for."""

from __future__ import annotations

from collections.abc import Sequence
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
from services.auth.domain.ports import Clock, UnitsOfWork
from services.auth.domain.withdrawals import CALLS_OUTLIVE, DELETES_SOMETHING

_AT_ONCE = 100


@dataclass(frozen=True)
class RecordConsent:
    """Writes down that somebody consents to a policy, or does so no longer."""

    units: UnitsOfWork
    clock: Clock
    policies: Policies

    async def __call__(
        self, account_id: UUID, purpose: Purpose, version: str, *, given: bool, origin: Origin
    ) -> Consent:
        """The entry; where it would change nothing, the one that stands. Raise PolicyNotInForce.

        A consent may be taken back whatever version was named: nobody has to read a new policy to say no. Whoever keeps
        what it had allowed is told to delete that, in the same transaction, unless it is given again before.
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
            if given:
                await unit.withdrawals.drop(account_id, purpose)
            elif standing is not None and standing.given and purpose in DELETES_SOMETHING:
                await unit.withdrawals.add(account_id, purpose, consent.created_at)
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


@dataclass(frozen=True)
class ListWithdrawals:
    """Tells a service whose consent was taken back."""

    units: UnitsOfWork

    async def __call__(self, purpose: Purpose) -> Sequence[UUID]:
        """A hundred at most, the earliest withdrawal first."""
        async with self.units() as unit:
            return await unit.withdrawals.waiting(purpose, _AT_ONCE)


@dataclass(frozen=True)
class ConfirmWithdrawal:
    """Takes a service's word that it has deleted what a consent had allowed, once no call of before can store more."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, account_id: UUID, purpose: Purpose) -> bool:
        """Whether the word was taken; else the service does it again."""
        async with self.units() as unit:
            return await unit.withdrawals.confirm(account_id, purpose, self.clock() - CALLS_OUTLIVE)
