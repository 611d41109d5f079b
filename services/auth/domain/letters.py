"""Letters to people: what is told, to whom, and how long it is tried."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from services.auth.domain.jobs import Backlog

LANGUAGES = ("en", "fr")
"""Languages that letters are written in; the first stands in for any other."""
MAX_TRIES = 55
"""Tries of one letter: with the waits between them, a day. After that nobody waits for it any more."""
KEPT_FOR = timedelta(days=7)
"""How long a letter's record stays once the letter is on its way or given up."""

_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(minutes=30)


class LetterKind(enum.StrEnum):
    """What a letter says; the words are in ``services/auth/letters``, one file a language."""

    VERIFY_EMAIL = "verify_email"
    """Values: ``token``."""
    RESET_PASSWORD = "reset_password"  # noqa: S105  the name of a letter
    """Values: ``token``."""
    ADDRESS_TAKEN = "address_taken"
    """Values: ``token``, that of a link to set a new password."""
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  the name of a letter
    ACCOUNT_DELETED = "account_deleted"
    JOB_COMPLETED = "job_completed"
    """Values: ``job``, its id."""
    JOB_FAILED = "job_failed"
    """Values: ``job``, its id."""
    WEBHOOK_FAILS = "webhook_fails"
    """Values: ``url``."""


@dataclass(frozen=True)
class Letter:
    """One letter to one person."""

    kind: LetterKind
    address: str
    language: str
    """``en`` or ``fr``; any other is written in English."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What the words leave open. Secrets among them are gone once the letter is sent."""
    account_id: UUID | None = None
    """The account that it belongs to and goes with; None for one that outlives its account."""
    id: UUID = field(default_factory=uuid4)
    """The Message-ID is made of it, so a repeat is known for one."""


@dataclass(frozen=True)
class Posted:
    """A letter on its way."""

    letter: Letter
    posted_at: datetime
    tries: int = 0
    """Times that the mail server did not take it."""

    def wait(self) -> timedelta | None:
        """Time until the next try, when one has just failed: twice as long each time. None after a day of them."""
        if self.tries + 1 >= MAX_TRIES:
            return None
        # Beyond 2^8 the longest wait stands anyhow.
        return min(_FIRST_WAIT * (1 << min(self.tries, 8)), _LONGEST_WAIT)


class LetterOutcome(enum.StrEnum):
    """What came of handing a letter over; all but the last end its way."""

    SENT = "sent"
    """The mail server took it."""
    REFUSED = "refused"
    """The mail server says that it never will."""
    GIVEN_UP = "given_up"
    """No mail server took it for a day."""
    PUT_OFF = "put_off"
    """No mail server took it this time."""


class LetterRefused(Exception):
    """The mail server will never take this letter: the address is unknown to it, or the text unwelcome."""


class Letters(Protocol):
    """Letters on their way, and for a while those that were."""

    async def post(self, letter: Letter) -> None:
        """Have it sent once the unit of work has committed. Without a mail server nothing is written at all."""
        ...

    async def waiting(self, id: UUID) -> Posted | None:
        """The letter, unless its way has ended or its account is gone."""
        ...

    async def put_off(self, id: UUID, tries: int, until: datetime) -> None:
        """Note a try that failed, and try again at that time."""
        ...

    async def end(self, id: UUID, how: LetterOutcome, now: datetime) -> None:
        """Note how it ended; what it said is forgotten at once."""
        ...

    async def drop_ended(self, before: datetime) -> None:
        """Forget letters whose way ended before that time."""
        ...

    async def backlog(self) -> Backlog:
        """What waits now."""
        ...


class Mailer(Protocol):
    """Hands letters to a mail server."""

    async def send(self, posted: Posted) -> None:
        """Raise LetterRefused when it will never be taken, Unavailable when it may be later."""
        ...
