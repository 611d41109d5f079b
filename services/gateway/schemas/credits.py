"""Credits: balances, statements, prices, grants."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.schemas.base import Input, Output


class Credits(Output):
    """What a person has."""

    balance: int
    """Credits that can be spent."""
    held: int
    """Credits held for jobs under way."""


class CreditEntry(Output):
    """One line of a statement."""

    number: int
    """Counts a person's lines from 1, without gaps."""
    kind: Literal["grant", "reserve", "capture", "release"]
    change: int
    """Of the balance."""
    held_change: int
    balance: int
    """What the line left to be spent."""
    held: int
    """What the line left held."""
    job_id: str | None
    """The job that it is about; null for a grant."""
    reason: str
    created_at: datetime


class CreditEntryPage(Output):
    """A page of a statement, newest first."""

    data: list[CreditEntry]
    next_cursor: str | None


class Prices(Output):
    """What work costs, in credits."""

    avatar: int
    """From measurements."""
    preview: int
    batch_avatar: int
    """Each avatar of a batch."""
    face_avatar: int
    pose_picture: int
    try_on: int
    turntable: int
    hd: int
    """Added to a pose picture or a try-on in high resolution."""
    priority: int
    """Added to a pose picture or a try-on in the priority lane."""


MOST_CREDITS = 1_000_000_000
"""Of one grant."""


class CreditGrant(Input):
    """Credits for somebody."""

    account_id: Annotated[str, Field(max_length=36)]
    credits: Annotated[int, Field(ge=-MOST_CREDITS, le=MOST_CREDITS)]
    """Negative ones are taken back, at most what can be spent."""
    reason: Annotated[str, Field(max_length=200)]
    """Stands on the statement."""
