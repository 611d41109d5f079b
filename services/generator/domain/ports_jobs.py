"""What the verbs of jobs need from the outside."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from services.generator.domain.batch import Item
from services.generator.domain.jobs import Count, Extra, Job, Kind, Lane, State
from services.generator.domain.model import Position


class Jobs(Protocol):
    """The records of jobs. Methods that are given no owner look at everybody's.

    A job whose credits are held is claimed before it is added, and given up before its credits go back. Of the two one
    alone succeeds: nothing is recorded whose hold is gone, however slow a request was.
    """

    async def claim(self, id: UUID) -> bool:
        """Keep a job that is about to be added from being given up, until the unit of work ends; False where it was
        given up already."""
        ...

    async def give_up(self, id: UUID) -> bool:
        """Have no job of that id recorded, ever; False where there is one."""
        ...

    async def add(self, job: Job) -> bool:
        """Store a new job; False when there is one of that id already, which stays as it is."""
        ...

    async def get(self, id: UUID, owner: str | None = None) -> Job | None:
        """One job; somebody else's is none."""
        ...

    async def lock(self, id: UUID, owner: str | None = None) -> Job | None:
        """The same, kept from all others until the unit of work ends."""
        ...

    async def replace(self, job: Job) -> None:
        """Store a changed job, which this unit of work has locked, and tell those who watch it once it is committed."""
        ...

    async def remove(self, owner: str, id: UUID) -> Job | None:
        """Delete a job with its rows and say what it was; None when there is none. Whoever works on it finds it gone."""
        ...

    async def page(
        self, *, owner: str | None, state: State | None, limit: int, after: Position | None
    ) -> Sequence[Job]:
        """Newest first: at most ``limit`` jobs that come after the position."""
        ...

    async def position(self, job: Job) -> int:
        """Place of a pending job among those that wait, 1 for the next, counted to POSITIONS_COUNTED."""
        ...


class Items(Protocol):
    """The rows of batches."""

    async def add(self, items: Sequence[Item]) -> None:
        """Store the rows of a new batch."""
        ...

    async def pending(self, job_id: UUID, limit: int) -> Sequence[Item]:
        """The first rows that are still to be done, in their order."""
        ...

    async def page(self, job_id: UUID, *, after: int, limit: int) -> Sequence[Item]:
        """Rows behind that place, in their order."""
        ...

    async def settle(self, item: Item) -> bool:
        """Store what came of a row; False when that was known already, and stays as it is."""
        ...

    async def broke_down(self, item: Item) -> int:
        """Count another breakdown over a row; gives how many there were."""
        ...

    async def count(self, job_id: UUID) -> Count:
        """What has come of the rows so far."""
        ...


class Task(enum.StrEnum):
    """What a worker process can do for a job."""

    WORK = "generator.work"
    """What a batch is about, a slice at a time."""
    PHOTOS = "generator.photos"
    """An avatar with the face of photos."""
    GENERATION = "generator.generation"
    """A person of a photo in a pose."""
    VIDEO = "generator.video"
    """A video of an avatar."""
    CLEAR = "generator.clear"
    """Delete the photos that a job was given, once it has ended."""
    SETTLE = "generator.settle"
    """Pay for what was made, once it has ended."""
    ANNOUNCE = "generator.announce"
    """Tell its owner that it has ended."""


class Rail(Protocol):
    """Where work for the worker processes is put."""

    async def put(self, task: Task, job_id: UUID, lane: Lane) -> None:
        """Have that task done for the job once the unit of work is committed, at least once."""
        ...


class Hold(NamedTuple):
    """Credits that are held for a job."""

    job_id: UUID
    credits: int


class Credits(Protocol):
    """The ledger. Each call may be made again: a job has one hold, which is settled once."""

    async def price(self, kind: Kind, extras: Collection[Extra] = ()) -> int:
        """Credits for each thing that a job of that kind makes, with those extras."""
        ...

    async def reserve(self, owner: str, job_id: UUID, credits: int, kind: Kind) -> bool:
        """Hold credits of the calling person for the job; False where its hold was settled already.

        Raises the ledger's INSUFFICIENT_CREDITS.
        """
        ...

    async def capture(self, job_id: UUID, credits: int) -> None:
        """Take that much of what is held for the job; the rest goes back."""
        ...

    async def release(self, job_id: UUID) -> None:
        """Give everything back that is held for the job."""
        ...

    async def holds(self, older_than: timedelta) -> Sequence[Hold]:
        """What has been held for longer than that."""
        ...


class Announcer(Protocol):
    """Whoever tells people what became of their jobs."""

    async def ended(self, job: Job) -> None:
        """Tell the job's owner; twice is once."""
        ...


class Delegates(Protocol):
    """Acts for a person who is not there."""

    def acting_for(self, owner: str) -> AbstractAsyncContextManager[None]:
        """Calls to other services in the block are made on behalf of that account, for minutes."""
        ...


class Changes(Protocol):
    """Hears when jobs change."""

    def of(self, job_id: UUID) -> AbstractAsyncContextManager[AsyncIterator[None]]:
        """An iterator that gives once for each change of the job after the block began, or now and then without one."""
        ...
