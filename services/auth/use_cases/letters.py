"""Letters: handed to the mail server, tried again, forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from atelierkit.errors import Unavailable
from atelierkit.repeat import repeated
from services.auth.domain.letters import KEPT_FOR, LetterOutcome, LetterRefused, Mailer, Posted
from services.auth.domain.ports import Clock, UnitsOfWork


@dataclass(frozen=True)
class SendLetter:
    """Sends one letter. It goes out once, unless its end could not be noted; then it keeps its Message-ID."""

    units: UnitsOfWork
    mailer: Mailer
    clock: Clock
    scale: float = 1.0
    """Stretches the waits between tries."""

    async def __call__(self, id: UUID) -> LetterOutcome | None:
        """What came of it; None where its way had ended before."""
        async with self.units() as unit:
            posted = await unit.letters.waiting(id)
        if posted is None:
            return None
        try:
            # Outside of the unit of work: a slow mail server must hold no connection to the database.
            await self.mailer.send(posted)
        except LetterRefused:
            return await self._end(id, LetterOutcome.REFUSED)
        except Unavailable:
            return await self._again(posted)
        return await self._end(id, LetterOutcome.SENT)

    @repeated
    async def _again(self, posted: Posted) -> LetterOutcome:
        wait = posted.wait()
        if wait is None:
            return await self._end(posted.letter.id, LetterOutcome.GIVEN_UP)
        async with self.units() as unit:
            await unit.letters.put_off(posted.letter.id, posted.tries + 1, self.clock() + wait * self.scale)
        return LetterOutcome.PUT_OFF

    async def give_up(self, id: UUID) -> LetterOutcome:
        """End its way without another try: whoever handed it over died of it."""
        return await self._end(id, LetterOutcome.GIVEN_UP)

    @repeated
    async def _end(self, id: UUID, how: LetterOutcome) -> LetterOutcome:
        async with self.units() as unit:
            await unit.letters.end(id, how, self.clock())
        return how


@dataclass(frozen=True)
class SweepLetters:
    """Forgets letters whose way ended a week ago."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self) -> None:
        """Do it."""
        async with self.units() as unit:
            await unit.letters.drop_ended(self.clock() - KEPT_FOR)
