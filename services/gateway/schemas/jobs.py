"""Jobs: batches that are asked for, and how far each job is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.schemas.avatars import AvatarDraft
from services.gateway.schemas.base import Input, Output, Page

JobKind = Literal["avatar_batch", "avatar_from_photos", "pose_generation", "video"]
JobState = Literal["pending", "processing", "completed", "failed", "cancelled"]
JobLane = Literal["normal", "priority"]

MOST_ROWS = 1000


class BatchRow(AvatarDraft):
    """One avatar of a batch."""

    reference: Annotated[str, Field(max_length=100)] = ""
    """Your own name for it, which comes back with its receipt."""


class BatchDraft(Input):
    """Avatars to make."""

    rows: Annotated[list[BatchRow], Field(min_length=1, max_length=MOST_ROWS)]


class PhotoFault(Output):
    """Why a photo cannot be used, and what to do about it."""

    field: Literal["front", "left", "right", "photo"]
    """Which photo."""
    filename: str
    """As you called it."""
    code: str
    message: str
    """For people, in the request's language."""
    limit: str | None
    """The bound that it broke, where there is one."""


class JobError(Output):
    """Why a job failed."""

    code: str
    """For machines."""
    message: str
    """For people, in the request's language."""
    photos: list[PhotoFault]
    """Which photos are the cause, where it is photos."""


class JobItems(Output):
    """What has come of the things that a job was asked for."""

    total: int
    made: int
    failed: int
    """Those that cannot be made; the receipts say why."""


class JobResult(Output):
    """A file that a job has made."""

    name: str
    href: str
    media_type: str
    size: int
    """Bytes."""
    sha256: str


class JobLinks(Output):
    """Where more is to be had."""

    self: str
    events: str
    """Every change of the job, as server-sent events."""


class Job(Output):
    """A job."""

    id: str
    kind: JobKind
    state: JobState
    """The last three are final."""
    progress_percent: int
    queue_position: int | None
    """Its place among those that wait, 1 for the next; counted to 1,000. Null when it does not wait, and in lists."""
    lane: JobLane
    credits: int
    """Held when it was accepted: the most that it costs. What is not made is not paid."""
    items: JobItems
    error: JobError | None
    revision: int
    """Grows with every change."""
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    results: list[JobResult]
    """Empty until it has completed."""
    avatar_id: str | None
    """The avatar that it has made of photos; null until it has completed, and for other kinds."""
    face_id: str | None
    """The same for the face."""
    links: JobLinks


class JobPage(Output):
    """Jobs, newest first."""

    data: list[Job]
    next_cursor: str | None


class AdminJob(Job):
    """A job, as administrators see it."""

    account_id: str


class AdminJobPage(Output):
    """Jobs of everybody, newest first."""

    data: list[AdminJob]
    next_cursor: str | None


class JobSearch(Page):
    """Which jobs are looked for."""

    state: JobState | None = None
    account_id: Annotated[str, Field(max_length=64)] = ""
