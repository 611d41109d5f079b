"""Pictures of a person's own, to stand behind whoever is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.generator.domain.model import Position, StoredFile

MOST_BACKGROUNDS = 50
"""Of one person: 50 MB or so at most."""
LONGEST_SIDE = 2048
"""Pixels: as large as the largest picture that is drawn."""


@dataclass(frozen=True)
class ReadBackground:
    """A picture as it was read: upright, in sRGB, and nothing but its pixels."""

    data: bytes
    media_type: str
    width: int
    """Pixels."""
    height: int
    """Pixels."""


@dataclass(frozen=True)
class CustomBackground:
    """A picture that somebody keeps; it never changes, so its id never comes to mean another one."""

    id: UUID
    owner: str
    name: str
    """What its owner calls it; may be empty."""
    file: StoredFile
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    created_at: datetime


class CustomBackgroundPage(NamedTuple):
    """A page of somebody's backgrounds."""

    backgrounds: tuple[CustomBackground, ...]
    """Newest first."""
    next: Position | None
    """Where the next page begins; None after the last."""
