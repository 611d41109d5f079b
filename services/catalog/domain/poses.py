"""Poses: what they are called, what they suit, how joints turn in them, and which ones a search means."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from services.catalog.domain.model import Text


class Difficulty(Enum):
    """How hard a pose is to hold, the easiest first."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class BodyType(Enum):
    """Whom a pose suits."""

    FEMININE = "feminine"
    MASCULINE = "masculine"
    NEUTRAL = "neutral"


class Support(Enum):
    """What carries the body."""

    FEET = "feet"
    SEAT = "seat"
    FLOOR = "floor"


Quaternion = tuple[float, float, float, float]
"""x, y, z, w."""


@dataclass(frozen=True)
class PoseSummary:
    """A pose without its joints."""

    id: str
    name: Text
    """Short, without which side."""
    description: Text
    category: str
    tags: tuple[str, ...]
    """By their names."""
    difficulty: Difficulty
    suits: tuple[BodyType, ...]
    support: Support

    @property
    def words(self) -> str:
        """What searches look in."""
        texts = (self.name.en, self.name.fr, self.description.en, self.description.fr)
        return folded(" ".join((*texts, *self.tags)))


@dataclass(frozen=True)
class Pose:
    """A pose of the library."""

    summary: PoseSummary
    turns: Mapping[str, Quaternion]
    """By bone; bones that are left out do not turn beside their parents."""


@dataclass(frozen=True)
class PoseFilter:
    """Which poses are asked for; what is empty or None is not asked about."""

    category: str = ""
    tags: tuple[str, ...] = ()
    difficulty: Difficulty | None = None
    suits: BodyType | None = None
    query: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What a pose's words must hold, each of them anywhere."""
        return tuple(folded(self.query).split())

    def admits(self, pose: PoseSummary) -> bool:
        """Whether it is meant."""
        return (
            self.category in ("", pose.category)
            and set(self.tags) <= set(pose.tags)
            and self.difficulty in (None, pose.difficulty)
            and (self.suits is None or self.suits in pose.suits)
            and all(word in pose.words for word in self.words)
        )


@dataclass(frozen=True)
class PosePage:
    """A part of a list."""

    poses: Sequence[PoseSummary]
    next: str
    """The id that the next page begins behind; empty on the last."""


@dataclass(frozen=True)
class PoseCategory:
    """A kind of pose."""

    id: str
    name: Text


@dataclass(frozen=True)
class PoseFacets:
    """What poses can be sorted by, and how many there are of each."""

    categories: Sequence[tuple[PoseCategory, int]]
    """In the library's order."""
    tags: Sequence[tuple[str, int]]
    """By their names."""


def folded(text: str) -> str:
    """Text as searches compare it: without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("\u0153", "oe"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
