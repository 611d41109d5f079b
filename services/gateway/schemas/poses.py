"""What a body can do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from services.gateway.schemas.avatars import BodyType
from services.gateway.schemas.base import LocalizedText, Output, Query

Difficulty = Literal["easy", "medium", "hard"]
Support = Literal["feet", "seat", "floor"]

_WORD = "[a-z0-9][a-z0-9-]{0,63}"


class PoseQuery(Query):
    """Which poses."""

    category: Annotated[str, Field(pattern=f"^{_WORD}$")] | None = None
    tags: Annotated[str, Field(pattern=f"^{_WORD}(,{_WORD}){{0,7}}$")] | None = None
    """Only poses that have all of these, separated by commas."""
    difficulty: Difficulty | None = None
    suits: BodyType | None = None
    """Only poses that suit this body type."""
    q: Annotated[str, Field(max_length=64)] = ""
    """Only poses whose name or description, in either language, or tags hold these words; case and accents do not matter."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    """At most this many."""
    cursor: Annotated[str, Field(max_length=64)] = ""
    """`nextCursor` of the page before; one that no page gave ends the list."""


class PoseLinks(Output):
    """Where more of a pose is."""

    self: str
    """The pose with its joints."""
    picture: str
    """A picture of it as WebP."""


class PoseSummary(Output):
    """A pose without its joints."""

    id: str
    name: LocalizedText
    """Short, without which side."""
    description: LocalizedText
    """What it looks like, in a sentence: for who does not see the picture."""
    category: str
    tags: list[str]
    difficulty: Difficulty
    suits: list[BodyType]
    support: Support
    """What carries the body; a seat is shown in pictures."""
    links: PoseLinks


class JointTurn(Output):
    """How a joint is turned from the A pose, as a glTF node's rotation."""

    bone: str
    rotation: Annotated[list[float], Field(min_length=4, max_length=4)]
    """Unit quaternion x, y, z, w, beside the bone's parent."""


class Pose(PoseSummary):
    """A pose with its joints."""

    joints: list[JointTurn]
    """Bones that are not named do not turn beside their parents."""


class PoseList(Output):
    """Poses, in the library's order."""

    data: list[PoseSummary]
    next_cursor: str | None


class PoseCategory(Output):
    """A kind of pose."""

    id: str
    name: LocalizedText
    count: int
    """Poses of it."""


class PoseTag(Output):
    """A word that poses have."""

    tag: str
    count: int
    """Poses that have it."""


class PoseFacets(Output):
    """What poses can be sorted by."""

    categories: list[PoseCategory]
    """In the library's order."""
    tags: list[PoseTag]
    """By their names."""
