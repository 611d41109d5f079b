"""Links to pictures: what is asked for, and what is told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.gateway.schemas.base import Input, Output
from services.gateway.schemas.pictures import POSE, Camera, Style

LONGEST_HOURS = 8760


class ShareDraft(Input):
    """A link to make: to an avatar, drawn as you say, or to a finished generation."""

    avatar_id: Annotated[str, Field(min_length=36, max_length=36)] | None = None
    generation_id: Annotated[str, Field(min_length=36, max_length=36)] | None = None
    title: Annotated[str, Field(max_length=80)] = ""
    """What people read beside the picture."""
    hours: Annotated[int, Field(ge=1, le=LONGEST_HOURS)] = 168
    """How long the link holds."""
    pose: Annotated[str, Field(pattern=rf"^(A|{POSE})$")] | None = None
    """A pose of the catalogue, the UUID of one of your own, or `A`; the avatar's own by default."""
    camera: Camera | None = None
    style: Style | None = None
    size: Annotated[int, Field(ge=200, le=2048)] | None = None
    """Pixels a side; 1024 by default. Networks that show links want 200 at least."""
    background: Annotated[str, Field(max_length=36)] | None = None
    """As in the query of an avatar's picture."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.avatar_id is None) == (self.generation_id is None):
            raise ValueError("a link shows an avatar or a generation")
        return self


class Share(Output):
    """A link."""

    id: str
    avatar_id: str | None
    generation_id: str | None
    title: str
    created_at: datetime
    expires_at: datetime


class NewShare(Share):
    """A link that was made just now. Its addresses are told this once."""

    url: str
    """A page with the picture, for people and for networks that show links."""
    picture_url: str
    """The picture alone."""


class SharePage(Output):
    """A page of your links, without their addresses."""

    data: list[Share]
    """Newest first."""
    next_cursor: str | None
    """`cursor` of the next page; null on the last."""
