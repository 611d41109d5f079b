"""Lanes, retries and tasks: what the rail is told, without a word of where it keeps its jobs."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from atelierkit.errors import AppError

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
Arguments: TypeAlias = Mapping[str, Json]
"""What a task is called with, by keyword."""

DEATHS = 3
"""Workers that may die of one job; the third death ends it."""


class Lane(StrEnum):
    """Which queue a job waits in. Both lanes move: under a backlog of both, priority gets nine turns of ten."""

    NORMAL = "normal"
    PRIORITY = "priority"

    @property
    def step(self) -> int:
        """How far one job of the lane moves its virtual time: the inverse of the lane's share."""
        return 1 if self is Lane.PRIORITY else 9


class Again(Exception):
    """Raised by a task whose run went well and that has more to do: the job is put back, with a clean slate.

    Without a wait it goes to the end of its lane.
    """

    def __init__(self, after_s: float = 0.0) -> None:
        super().__init__(after_s)
        self.after_s = after_s


@dataclass(frozen=True)
class Retry:
    """How often a task that fails is tried, and how long the rail waits in between."""

    most: int = 5
    """Most tries in a row; the last failure ends the job."""
    first_s: float = 1.0
    """Wait after the first failure; it doubles with each further one."""
    longest_s: float = 300.0
    """Longest wait."""

    def wait_s(self, failures: int) -> float | None:
        """The wait after so many failures in a row; None where it was the last try.

        Between half of it and all of it, at random: jobs that failed together do not come back together.
        """
        if failures >= self.most:
            return None
        whole = min(self.longest_s, self.first_s * 2.0 ** min(failures - 1, 60))
        return whole * random.uniform(0.5, 1.0)  # noqa: S311  no secret


@dataclass(frozen=True)
class Pace:
    """Times of a worker."""

    heartbeat_s: float = 2.0
    """Between two signs of life."""
    stalled_after_s: float = 6.0
    """Silence after which a worker counts as dead, and its jobs are taken over."""
    poll_s: float = 1.0
    """Longest wait for news; a job that is put on the rail is told at once, one that becomes due is not."""
    grace_s: float = 10.0
    """What running jobs get to finish when the worker stops; the rest is handed back."""


@dataclass(frozen=True)
class Run:
    """One run of a job."""

    job: int
    """The rail's number of it."""
    name: str
    """Of its task."""
    attempts: int = 0
    """Runs that ended before this one, well or not."""
    failures: int = 0
    """Those in a row, just before this one, that failed."""
    lane: Lane = Lane.NORMAL


@dataclass(frozen=True)
class Job:
    """A job that a worker has taken."""

    run: Run
    arguments: Arguments


@dataclass(frozen=True)
class Cause:
    """Why a job ends badly."""

    reason: str
    """A reason of the error catalogue."""
    detail: str
    """The same in words, for the record: what a bug said is in the log alone."""

    @classmethod
    def of(cls, error: Exception) -> Cause:
        """The cause that the job's last failure is."""
        return cls(error.reason, error.message) if isinstance(error, AppError) else _BUG


_BUG = Cause("INTERNAL", "internal error")
POISONED = Cause("JOB_POISONED", f"{DEATHS} workers died of it")

Function: TypeAlias = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Task:
    """A function that jobs run."""

    name: str
    function: Function
    retry: Retry
    on_failed: Function | None
    """Called with the ``Cause`` and the job's arguments once its tries are used up, before the job ends."""
    on_poisoned: Function | None
    """The same for a job of which `DEATHS` workers died; the cause is ``POISONED``."""
    every_s: float | None
    """Time between two jobs that the rail puts itself, one for all workers; None for none."""

    async def give_up(self, arguments: Arguments, cause: Cause) -> None:
        """Tell whoever keeps the record that the job ends here, and why. Whatever the callback raises passes."""
        callback = self.on_poisoned if cause == POISONED else self.on_failed
        if callback is not None:
            await callback(cause, **arguments)


class Tasks:
    """Tasks by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Task] = {}

    def task(
        self,
        name: str,
        *,
        retry: Retry | None = None,
        on_failed: Function | None = None,
        on_poisoned: Function | None = None,
        every_s: float | None = None,
    ) -> Callable[[Function], Function]:
        """Register the decorated coroutine function under that name; ValueError where the name is taken.

        It is called with the job's arguments by keyword, at least once: a run may be cut off anywhere and come again.
        """
        if name in self.by_name:
            raise ValueError(f"there is a task {name} already")

        def register(function: Function) -> Function:
            self.by_name[name] = Task(name, function, retry or Retry(), on_failed, on_poisoned, every_s)
            return function

        return register

    def periodic(self) -> Sequence[Task]:
        """Those that the rail puts itself."""
        return [task for task in self.by_name.values() if task.every_s is not None]


def tag(lane: Lane, head: tuple[Lane, int] | None, last: int | None) -> int:
    """The virtual finish of a job that is put now: whoever has the smallest is next (start-time fair queueing).

    ``head`` is who is next of all that wait, with its tag, ``last`` the tag of the lane's last. Virtual time stands at
    the start of the head, so a lane that was empty saves nothing up, and priority comes before a backlog at once.
    """
    now = 0 if head is None else head[1] - head[0].step
    return max(now, last if last is not None else now) + lane.step


Session: TypeAlias = Any
"""The transaction that a job is put in: SQLAlchemy's session, or MemoryRail's."""
