"""Letters and jobs in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from services.auth.domain.jobs import SEND_LETTER, Backlog
from services.auth.domain.letters import Letter, LetterOutcome, Posted


@dataclass(frozen=True)
class Job:
    """A job that was put."""

    name: str
    arguments: Mapping[str, str | int]
    at: datetime | None


class MemoryJobs:
    """Jobs in the order in which they were put; a test does them."""

    def __init__(self, jobs: dict[int, Job]) -> None:
        self._jobs = jobs

    async def put(self, name: str, arguments: Mapping[str, str | int], at: datetime | None = None) -> None:
        self._jobs[len(self._jobs)] = Job(name, arguments, at)


@dataclass(frozen=True)
class StoredLetter:
    """A letter's record."""

    account_id: UUID | None
    posted: Posted | None
    """None once its way has ended."""
    ending: LetterOutcome | None = None
    ended_at: datetime | None = None


class MemoryLetters:
    """Letters in a dictionary."""

    def __init__(self, letters: dict[UUID, StoredLetter], jobs: MemoryJobs) -> None:
        self._letters = letters
        self._jobs = jobs

    async def post(self, letter: Letter) -> None:
        self._letters[letter.id] = StoredLetter(letter.account_id, Posted(letter, datetime.now(UTC)))
        await self._jobs.put(SEND_LETTER, {"letter_id": str(letter.id)})

    async def waiting(self, id: UUID) -> Posted | None:
        stored = self._letters.get(id)
        return None if stored is None else stored.posted

    async def put_off(self, id: UUID, tries: int, until: datetime) -> None:
        posted = await self.waiting(id)
        if posted is not None:
            self._letters[id] = replace(self._letters[id], posted=replace(posted, tries=tries))
            await self._jobs.put(SEND_LETTER, {"letter_id": str(id)}, until)

    async def end(self, id: UUID, how: LetterOutcome, now: datetime) -> None:
        if id in self._letters:
            self._letters[id] = replace(self._letters[id], posted=None, ending=how, ended_at=now)

    async def drop_ended(self, before: datetime) -> None:
        for id, stored in list(self._letters.items()):
            if stored.ended_at is not None and stored.ended_at < before:
                del self._letters[id]

    async def backlog(self) -> Backlog:
        waiting = [stored.posted.posted_at for stored in self._letters.values() if stored.posted]
        return Backlog(len(waiting), min(waiting, default=None))
