"""The audit trail, for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from services.gateway.schemas.base import Output, Page


class AuditQuery(Page):
    """Which entries are wanted; filters that are given hold together."""

    account: Annotated[str, Field(max_length=36)] = ""
    """Id of an account, or the pseudonym of one that was deleted."""
    operation: Annotated[str, Field(max_length=200)] = ""
    """Method and route, such as `POST /v1/avatars`."""
    from_time: Annotated[AwareDatetime | None, Field(alias="from")] = None
    """The first moment of interest, with its offset from UTC."""
    to_time: Annotated[AwareDatetime | None, Field(alias="to")] = None
    """The first moment that is of interest no more."""


class AuditEntry(Output):
    """One request that was to change something, and how it ended."""

    sequence: int
    """Place in the chain, from 1 on, without gaps."""
    id: str
    time: datetime
    account_id: str | None
    """Who asked; null where nobody was signed in. A pseudonym, or null, for somebody who was deleted."""
    address: str
    agent: str
    """What the client called itself."""
    operation: str
    outcome: int
    """HTTP status."""
    request_id: str
    resource_id: str | None
    """What it was about or made."""
    forgotten: bool
    """Whether the person behind it was deleted."""
    hash: str
    """SHA-256 over the entry and the hash of the one before it, in hexadecimal."""


class AuditPage(Output):
    """A page of the trail, newest first."""

    data: list[AuditEntry]
    next_cursor: str | None
