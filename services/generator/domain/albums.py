"""What is kept of an avatar's pictures and videos: each by what it shows, so that none is drawn twice."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple
from uuid import UUID

from services.generator.domain.model import Avatar
from services.generator.domain.pictures import PictureOptions, VideoOptions

RENDERER = "3"
"""The mesher's ``drawing.VERSION``: what an older renderer has drawn is not given any more."""
PICTURES_KEPT = 24
"""Pictures that an avatar remembers, the newest; videos are paid, and all stay."""
PICTURES = "pictures/"
"""Where the mesher stores pictures: the key of one is this and the SHA-256 of its bytes."""


class Medium(enum.StrEnum):
    """What was drawn."""

    PICTURE = "picture"
    VIDEO = "video"


@dataclass(frozen=True)
class VideoOrder:
    """What a job is to draw."""

    avatar_id: UUID
    pose_ids: tuple[str, ...]
    """An empty one for the A pose; none for the avatar's own."""
    options: VideoOptions
    content: str
    """Key of what it shows: where the avatar is another one by then, it is not drawn."""


class Attempts(NamedTuple):
    """The jobs of one video."""

    number: int
    """How many there were and are."""
    open: UUID | None
    """The one that is under way."""
    has_completed: bool
    """Whether one has: the video is paid."""


def content_key(avatar: Avatar, poses: Sequence[bytes | None], options: PictureOptions | VideoOptions) -> str:
    """SHA-256 of all that a picture or video follows from.

    An id of the catalogue never comes to mean another thing, so the recipe says what its garments are. ``poses`` are the
    contract's ``Pose``, and stand for the recipe's own.
    """
    recipe = asdict(replace(avatar.recipe, pose_id=""))
    shown = {
        "renderer": RENDERER,
        "recipe": recipe,
        "points": avatar.files.points.sha256,
        "poses": ["" if pose is None else pose.hex() for pose in poses],
        "options": [type(options).__name__, asdict(options)],
    }
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()
