"""A person's own backgrounds: what is filled in beside one, and what is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.gateway.schemas.base import Output, Query


class BackgroundFields(Query):
    """What is filled in beside a picture."""

    name: Annotated[str, Field(max_length=64)] = ""
    """What you call it."""


class CustomBackgroundLinks(Output):
    """Where the background lies."""

    picture: str


class CustomBackground(Output):
    """A picture of your own. Its id may stand wherever a background is asked for."""

    id: str
    name: str
    width: int
    """Pixels, upright."""
    height: int
    """Pixels, upright."""
    created_at: datetime
    links: CustomBackgroundLinks


class CustomBackgroundPage(Output):
    """A page of your backgrounds."""

    data: list[CustomBackground]
    """Newest first."""
    next_cursor: str | None
    """`cursor` of the next page; null on the last."""
