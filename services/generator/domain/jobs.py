"""Jobs: work that outlives a request. How one goes from state to state, as pure functions.

    pending ──> processing ──> completed
       │            ├────────> failed
       └────────────┴────────> cancelled

A pending job can fail as well: when whoever takes it up dies of it before it is begun.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from services.generator.domain.errors import JobEnded, JobNotFailed, PhotosDeleted
from services.generator.domain.faces import PhotoFault
from services.generator.domain.model import Position, StoredFile

POSITIONS_COUNTED = 1_000
"""A place in the queue beyond this one is told as this one: nobody needs it, and counting a long queue costs."""


class Kind(enum.StrEnum):
    """What a job does."""

    AVATAR_BATCH = "avatar_batch"
    AVATAR_FROM_PHOTOS = "avatar_from_photos"
    POSE_GENERATION = "pose_generation"
    VIDEO = "video"

    @property
    def has_photos(self) -> bool:
        """Whether such a job is given photos of a face, which go with its end."""
        return self in _WITH_PHOTOS


_WITH_PHOTOS = frozenset({Kind.AVATAR_FROM_PHOTOS, Kind.POSE_GENERATION})


class Extra(enum.Enum):
    """What has a price of its own, beside the plain one of a kind."""

    HD = "hd"
    """A larger picture."""
    PRIORITY = "priority"
    """The priority lane."""


class State(enum.StrEnum):
    """How far a job is."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether the job stays in this state for good."""
        return self in _ENDS


_ENDS = frozenset({State.COMPLETED, State.FAILED, State.CANCELLED})


class Lane(enum.StrEnum):
    """How a job waits."""

    NORMAL = "normal"
    PRIORITY = "priority"


@dataclass(frozen=True)
class Failure:
    """Why something was not done."""

    reason: str
    """A reason of the error catalogue."""
    message: str
    photos: tuple[PhotoFault, ...] = ()
    """What is wrong with which photo, where it is the photos' fault."""


@dataclass(frozen=True)
class Count:
    """What has come of the things that a job was asked for."""

    made: int = 0
    failed: int = 0

    @property
    def done(self) -> int:
        """Those that need no more work."""
        return self.made + self.failed


@dataclass(frozen=True)
class Job:
    """A job of one person."""

    id: UUID
    owner: str
    """Subject of the account that it belongs to."""
    kind: Kind
    lane: Lane
    price: int
    """Credits for each thing that is made."""
    total: int
    """Things that it was asked for."""
    created_at: datetime
    state: State = State.PENDING
    count: Count = Count()
    progress: int = 0
    """How far it is with the thing that it is at, percent."""
    failure: Failure | None = None
    results: Mapping[str, StoredFile] = field(default_factory=dict)
    """What it has made beside the things themselves, by name."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    revision: int = 1
    """Grows with every stored change."""

    @property
    def avatar_id(self) -> UUID:
        """Id of the avatar that it makes of photos. It follows from the job's, so that however often it is done again, it
        is one avatar."""
        return uuid5(self.id, "avatar")

    @property
    def face_id(self) -> UUID:
        """Id of the face that it makes of photos, in the same way."""
        return uuid5(self.id, "face")

    @property
    def has_made_a_face(self) -> bool:
        """Whether that avatar and that face stand."""
        return self.kind is Kind.AVATAR_FROM_PHOTOS and self.state is State.COMPLETED

    @property
    def credits(self) -> int:
        """What is held for it: the most that it costs."""
        return self.price * self.total

    @property
    def cost(self) -> int:
        """What has to be paid for what is made, in credits."""
        return self.price * self.count.made

    @property
    def percent(self) -> int:
        """How far it is. 100 is kept for a job that has completed: its results come after the last thing."""
        if self.state is State.COMPLETED:
            return 100
        return min(99, (100 * self.count.done + self.progress) // self.total)


def begun(job: Job, now: datetime) -> Job:
    """The job in a worker's hands. Raise JobEnded; one that was begun before stays as it is."""
    _require_open(job)
    if job.state is State.PROCESSING:
        return job
    return replace(job, state=State.PROCESSING, started_at=now, revision=job.revision + 1)


def advanced(job: Job, count: Count) -> Job:
    """The job, that much further. Raise JobEnded."""
    _require_open(job)
    return job if count == job.count else replace(job, count=count, revision=job.revision + 1)


def drawn(job: Job, progress: int) -> Job:
    """The job, that much further with the thing that it is at, percent. Whoever begins it anew is behind for a while,
    which is not told. Raise JobEnded."""
    _require_open(job)
    return job if progress <= job.progress else replace(job, progress=progress, revision=job.revision + 1)


def completed(job: Job, count: Count, results: Mapping[str, StoredFile], now: datetime) -> Job:
    """The job, done. Raise JobEnded, and ValueError where something is left to do or it was never begun."""
    _require_open(job)
    if job.state is not State.PROCESSING or count.done != job.total:
        raise ValueError("only a job that has nothing left to do completes")
    return replace(_ended(job, State.COMPLETED, count, now), results=results)


def failed(job: Job, count: Count, failure: Failure, now: datetime) -> Job:
    """The job, given up; what it has made stays. Raise JobEnded."""
    _require_open(job)
    return replace(_ended(job, State.FAILED, count, now), failure=failure)


def cancelled(job: Job, count: Count, now: datetime) -> Job:
    """The job, ended by a person; what it has made stays. Raise JobEnded."""
    _require_open(job)
    return _ended(job, State.CANCELLED, count, now)


def retried(job: Job, id: UUID, now: datetime) -> Job:
    """A new job for what a failed one has not made. It is free: that the first one failed was no fault of its owner's.

    Raise JobNotFailed, and PhotosDeleted for one that was made of photos.
    """
    if job.state is not State.FAILED:
        raise JobNotFailed(job.state.value)
    if job.kind.has_photos:
        raise PhotosDeleted
    return Job(id, job.owner, job.kind, job.lane, price=0, total=job.total - job.count.made, created_at=now)


def _ended(job: Job, state: State, count: Count, now: datetime) -> Job:
    return replace(job, state=state, count=count, ended_at=now, revision=job.revision + 1)


def _require_open(job: Job) -> None:
    if job.state.ended:
        raise JobEnded(job.state.value)


@dataclass(frozen=True)
class JobPage:
    """A page of jobs."""

    jobs: tuple[Job, ...]
    """Newest first."""
    next: Position | None
    """Where the next page begins; None after the last."""


class Queued(NamedTuple):
    """A job and its place among those that wait."""

    job: Job
    position: int
    """1 for the next; 0 where it does not wait, or nobody asked."""
