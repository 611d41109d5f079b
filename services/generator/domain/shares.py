"""Links to pictures: whoever has one sees the picture, until it is revoked, expires, or the thing that it shows is gone."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.generator.domain.model import Position, StoredFile
from services.generator.domain.pictures import PictureOptions

MOST_SHARES = 100
"""Links of one person that hold."""
USUAL_LIFE = timedelta(hours=168)
_TOKEN_BYTES = 32


@dataclass(frozen=True)
class SharedPicture:
    """The picture that a link shows: as it was when the link was made."""

    file: StoredFile
    width: int
    """Pixels."""
    height: int
    """Pixels."""


@dataclass(frozen=True)
class Share:
    """A link. What stands in its address is known to whoever was told it, and to nobody here."""

    id: UUID
    owner: str
    picture: SharedPicture
    title: str
    created_at: datetime
    expires_at: datetime
    avatar_id: UUID | None = None
    """What it shows: an avatar,"""
    generation_id: UUID | None = None
    """or a generation."""


@dataclass(frozen=True)
class ShareOrder:
    """What is asked for when a link is made."""

    title: str = ""
    life: timedelta = USUAL_LIFE
    avatar_id: UUID | None = None
    pose_id: str | None = None
    """The avatar's own where it is None, the A pose where it is empty."""
    options: PictureOptions = field(default_factory=PictureOptions)
    """How an avatar is drawn."""
    generation_id: UUID | None = None


class SharePage(NamedTuple):
    """A page of somebody's links."""

    shares: tuple[Share, ...]
    """Newest first."""
    next: Position | None
    """Where the next page begins; None after the last."""


def new_token() -> str:
    """What stands in a link's address: too much for anybody to guess."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest(token: str) -> str:
    """What is stored of a token. A link is looked up by it, so no comparison tells anything about the token by its time."""
    return hashlib.sha256(token.encode()).hexdigest()
