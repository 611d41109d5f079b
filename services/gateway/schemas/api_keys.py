"""API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from atelierkit.scopes import Scope
from services.gateway.schemas.base import Input, Output

Scopes = Annotated[list[Annotated[Scope, Field(strict=False)]], Field(min_length=1, max_length=len(Scope))]


class ApiKeyDraft(Input):
    """What a new key is for."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    """What you call it."""
    scopes: Scopes
    """What it may do, and nothing else."""
    life_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days until it stops working; without it, it works until it is revoked."""


class ApiKey(Output):
    """A key, without what opens with it."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    """When it was last used, to the hour."""


class NewApiKey(ApiKey):
    """A key that was just made."""

    key: str
    """For the Authorization header, as a bearer token. It is shown this once."""


class ApiKeys(Output):
    """The caller's keys, newest first; all of them, for nobody has many."""

    data: list[ApiKey]
    next_cursor: None = None
