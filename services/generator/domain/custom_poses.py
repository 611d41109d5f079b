"""Poses of a person's own: of a photo, or of a motion file."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.generator.domain.model import Position

MOST_POSES = 200
"""Of one person: a wardrobe of poses, and a bound for whoever scripts them."""


class Origin(enum.StrEnum):
    """What a pose was read from."""

    PHOTO = "photo"
    MOTION = "motion"


@dataclass(frozen=True)
class ReadPose:
    """A pose as it was read."""

    pose: bytes
    """The contract's ``Pose``, passed on unread."""
    clamped_bones: tuple[str, ...] = ()
    """Joints that were turned back to what a body can do."""
    unknown_bones: tuple[str, ...] = ()
    """Joints that could not be seen or were not in the file, and are at ease."""


@dataclass(frozen=True)
class CustomPose:
    """A pose that somebody keeps; it never changes."""

    id: UUID
    owner: str
    name: str
    origin: Origin
    read: ReadPose
    created_at: datetime


class CustomPosePage(NamedTuple):
    """A page of somebody's poses."""

    poses: tuple[CustomPose, ...]
    """Newest first."""
    next: Position | None
    """Where the next page begins; None after the last."""
