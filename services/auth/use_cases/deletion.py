"""The end of an account: all that is known of a person goes, here at once, elsewhere as soon as can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from atelierkit.errors import Unauthenticated
from atelierkit.repeat import repeated
from services.auth.domain.deletions import TOKENS_OUTLIVE
from services.auth.domain.letters import Letter, LetterKind
from services.auth.domain.ports import Clock, UnitsOfWork
from services.auth.use_cases.administration import keep_an_administrator
from services.auth.use_cases.passwords import proven
from services.auth.use_cases.sessions import CheckPassword

_AT_ONCE = 100


@dataclass(frozen=True)
class DeleteAccount:
    """Deletes a person's account, and has the other services forget the person.

    Books and audit trail stay and say nothing of the person any more.
    """

    check_password: CheckPassword
    units: UnitsOfWork
    clock: Clock

    @repeated
    async def __call__(self, id: UUID, password: str) -> None:
        """Raise WrongPassword, TooManyAttempts or LastAdmin."""
        account = await proven(self.units, self.check_password, id, password)
        async with self.units() as unit:
            await keep_an_administrator(unit, id)
            if await unit.accounts.locked(id) is None:
                raise Unauthenticated("the account of this access token no longer exists")
            await unit.audit.locked()
            await unit.audit.forget(id, uuid4())
            await unit.accounts.remove(id)
            await unit.deletions.add(id, self.clock())
            # Of no account: this letter outlives its own.
            await unit.letters.post(Letter(LetterKind.ACCOUNT_DELETED, account.email, account.language))


@dataclass(frozen=True)
class ListDeletions:
    """Tells a service whom it has to forget."""

    units: UnitsOfWork
    service: str

    async def __call__(self) -> Sequence[UUID]:
        """A hundred at most, the earliest deletion first."""
        async with self.units() as unit:
            return await unit.deletions.waiting(self.service, _AT_ONCE)


@dataclass(frozen=True)
class ConfirmDeletion:
    """Takes a service's word that it has forgotten somebody, once nothing new can have come of an old access token."""

    units: UnitsOfWork
    clock: Clock
    service: str
    token_life: timedelta
    """Life of an access token."""

    async def __call__(self, id: UUID) -> bool:
        """Whether the word was taken; else the service does it again."""
        async with self.units() as unit:
            return await unit.deletions.confirm(
                id, self.service, self.clock() - self.token_life - TOKENS_OUTLIVE
            )
