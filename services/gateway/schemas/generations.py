"""Generations: what is asked of a photo and a pose, and what has come of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.schemas.base import Output, Page, Query
from services.gateway.schemas.faces import with_body
from services.gateway.schemas.jobs import JobError, JobState
from services.gateway.schemas.pictures import POSE, Style

Quality = Literal["sd", "hd"]
MOST_POSES = 20


class DrawnFields(Query):
    """What is filled in beside the photo, whichever pose it is for."""

    consent: Annotated[str, Field(max_length=32)] = ""
    """Version of the policy on photos of faces that you consented to; it must be the one in force."""
    quality: Quality = "sd"
    """`sd` is 512 pixels a side, `hd` 1024 for two credits more."""
    style: Style = "realistic"
    """How it is drawn."""
    priority: bool = False
    """Wait in the priority lane, for three credits more."""
    background: Annotated[str, Field(max_length=36)] | None = None
    """As for pictures: `rrggbb`, `r,g,b`, two colours `rrggbb,rrggbb`, the UUID of one of your own backgrounds, or
    `transparent`; a quiet light grey by default."""
    keep_photo: bool = False
    """Keep the photo with the picture until that is deleted; otherwise it goes when the picture is there."""


class PoseFields(DrawnFields):
    """The same for one pose."""

    pose_id: Annotated[str, Field(pattern=rf"^{POSE}$")]
    """A pose of the catalogue, or the UUID of one of your own."""


class PosesFields(DrawnFields):
    """The same for several."""

    poses: Annotated[str, Field(max_length=2_048)]
    """Poses as a JSON array of ids, 20 at most: a picture of each."""


GenerationFields = with_body(
    "GenerationFields", "What is filled in beside the photo of a person for a picture in a pose.", PoseFields
)
BatchFields = with_body(
    "BatchFields",
    "What is filled in beside the photo of a person for pictures in several poses.",
    PosesFields,
)


class GenerationLinks(Output):
    """Where more is to be had."""

    self: str
    job: str
    """Its progress and its events."""
    picture: str | None
    """Null until it is drawn."""
    photo: str | None
    """Null where it is not kept."""


class Generation(Output):
    """A picture of a person in a pose."""

    id: str
    """The job's as well."""
    pose_id: str
    quality: Quality
    style: Style
    state: JobState
    """The last three are final."""
    progress_percent: int
    queue_position: int | None
    """Its place among those that wait, 1 for the next. Null when it does not wait, and in lists."""
    priority: bool
    credits: int
    """What it costs; nothing unless it completes."""
    error: JobError | None
    clamped_bones: list[str]
    """Joints that were turned back to what a body can do."""
    created_at: datetime
    ended_at: datetime | None
    links: GenerationLinks


class Generations(Output):
    """Pictures that were accepted together."""

    data: list[Generation]
    """In the order of the poses."""
    credits: int
    """What all of them cost."""


class GenerationQuery(Page):
    """Which part of the list is wanted."""

    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """How many are left out, from the newest on; of no matter beside a cursor."""


class GenerationMeta(Output):
    """Where a page lies in the list."""

    total: int
    limit: int
    offset: int
    has_more: bool


class GenerationPage(Output):
    """Pictures, newest first."""

    data: list[Generation]
    meta: GenerationMeta
    next_cursor: str | None


class GenerationStats(Output):
    """Sums over the pictures that are not deleted."""

    total: int
    completed: int
    failed: int
    mean_processing_seconds: float
    """From a worker's beginning to the end, of those completed."""
    credits_used: int
    """What those completed have cost."""
