"""What people say of themselves, and the sessions that they have open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from atelierkit.errors import NotFound, Unauthenticated
from atelierkit.repeat import repeated
from services.auth.domain.model import Account, Session
from services.auth.domain.people import Language
from services.auth.domain.ports import Clock, UnitsOfWork


@dataclass(frozen=True)
class UpdateProfile:
    """Changes what a person may say of themselves; None leaves it as it is."""

    units: UnitsOfWork

    async def __call__(
        self, id: UUID, *, display_name: str | None, language: Language | None, job_letters: bool | None
    ) -> Account:
        """Raise Unauthenticated when the account is gone."""
        async with self.units() as unit:
            account = await unit.accounts.locked(id)
            if account is None:
                raise Unauthenticated("the account of this access token no longer exists")
            changed = replace(
                account,
                display_name=account.display_name if display_name is None else display_name,
                language=language or account.language,
                job_letters=account.job_letters if job_letters is None else job_letters,
            )
            await unit.accounts.change(changed)
        return changed


@dataclass(frozen=True)
class ListSessions:
    """Shows people where they are logged in."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, account_id: UUID) -> Sequence[Session]:
        """The open ones, the one that was used last first."""
        async with self.units() as unit:
            known = await unit.sessions.of(account_id)
        now = self.clock()
        return [session for session in known if session.is_open(now)]


@dataclass(frozen=True)
class EndSession:
    """Logs a person out somewhere else."""

    units: UnitsOfWork
    clock: Clock

    @repeated
    async def __call__(self, account_id: UUID, session_id: UUID) -> None:
        """Raise NotFound for a session that is over, or somebody else's."""
        async with self.units() as unit:
            now = self.clock()
            for session in await unit.sessions.of(account_id):
                if session.id == session_id and session.is_open(now):
                    await unit.sessions.revoke(session, now)
                    return
        raise NotFound("there is no such session")


@dataclass(frozen=True)
class EndOtherSessions:
    """Logs a person out everywhere else."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, account_id: UUID, session_id: UUID | None) -> None:
        """End all sessions but that one; all, where the caller has none."""
        async with self.units() as unit:
            await unit.sessions.revoke_all(account_id, self.clock(), but=session_id)
