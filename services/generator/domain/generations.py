"""Generations: a person of one photo, drawn in a pose. Each is a job; those of one request share a sitting."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.generator.domain.faces import Photo
from services.generator.domain.jobs import Extra, Job, Lane
from services.generator.domain.model import BodySpec, FaceFiles, Look, Outfit, Position, StoredFile, WornFace
from services.generator.domain.pictures import Behind, PictureOptions, Style

PICTURE = "picture.png"
"""Name of a generation's picture among the results of its job."""


class Quality(enum.StrEnum):
    """How large a picture is."""

    SD = "sd"
    HD = "hd"

    @property
    def side(self) -> int:
        """Pixels a side."""
        return 512 if self is Quality.SD else 1024


@dataclass(frozen=True)
class Sketch:
    """Which picture a generation draws."""

    pose_id: str
    """A word of the library, or the UUID of one of the person's own."""
    quality: Quality = Quality.SD
    style: Style = Style.REALISTIC
    background: Behind | None = None

    @property
    def options(self) -> PictureOptions:
        """The same, as the mesher is asked for it."""
        return PictureOptions(style=self.style, size=self.quality.side, background=self.background)


@dataclass(frozen=True)
class Portrait:
    """What was made of the photo, once for all pictures of a sitting."""

    face: WornFace
    files: FaceFiles
    hair_color: str = ""
    """``#rrggbb``; empty where it could not be told."""
    clothes_color: str = ""
    """``#rrggbb`` of what is worn below the chin; empty where it could not be told."""


@dataclass(frozen=True)
class Sitting:
    """A photo, who is on it, and the face that was made of it: what the generations of one request have in common.

    The portrait goes when the last of them has ended, and so does the photo, unless the person keeps it with them.
    """

    id: UUID
    photo: Photo | None
    """None once it was kept for as long as it may be."""
    body: BodySpec
    look: Look | None
    """None for the usual hair of the body type, in the photo's colour."""
    outfit: Outfit | None
    """None for plain clothes."""
    consent_version: str = ""
    """Version of the policy that the person agreed to; empty where none was asked for."""
    photo_delete_at: datetime | None = None
    """When a photo goes that the person keeps; None for one that goes with the work."""
    portrait: Portrait | None = None
    """None before it is made, and after the work."""

    def files(self) -> tuple[StoredFile, ...]:
        """Every object that is there."""
        photo = (self.photo.file,) if self.photo else ()
        return (*photo, *(self.portrait.files if self.portrait else ()))


@dataclass(frozen=True)
class Generation:
    """A picture of a person in a pose, and the job that draws it. Both have the same id."""

    job: Job
    sketch: Sketch
    sitting_id: UUID | None
    """None once nothing is left of the sitting."""
    photo: Photo | None = None
    """The photo while it is there, and kept: somebody who asked for nothing is shown none."""
    clamped_bones: tuple[str, ...] = ()
    """Joints that were turned back to what a body can do."""

    @property
    def id(self) -> UUID:
        """The job's."""
        return self.job.id

    @property
    def created_at(self) -> datetime:
        """When it was accepted."""
        return self.job.created_at

    @property
    def picture(self) -> StoredFile | None:
        """The finished picture; None until there is one."""
        return self.job.results.get(PICTURE)


@dataclass(frozen=True)
class GenerationOrder:
    """What is asked for when generations are made."""

    photo: Photo
    sketches: tuple[Sketch, ...]
    """One generation each, of different poses."""
    body: BodySpec
    look: Look | None = None
    outfit: Outfit | None = None
    priority: bool = False
    keep_photo: bool = False
    consent_version: str = ""

    @property
    def lane(self) -> Lane:
        """How they wait."""
        return Lane.PRIORITY if self.priority else Lane.NORMAL

    def extras(self, sketch: Sketch) -> Collection[Extra]:
        """What one of them has beyond the plain price."""
        hd = {Extra.HD} if sketch.quality is Quality.HD else set()
        return hd | ({Extra.PRIORITY} if self.priority else set())


class GenerationPage(NamedTuple):
    """A page of generations."""

    generations: tuple[Generation, ...]
    """Newest first."""
    total: int
    """How many there are in all."""
    next: Position | None
    """Where the next page begins; None after the last."""


class GenerationStats(NamedTuple):
    """Sums over a person's generations."""

    total: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    mean_seconds: float = 0.0
    """From a worker's beginning to the end, of those completed."""
    credits: int = 0
    """What those completed have cost."""
