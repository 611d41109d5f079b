"""Accounts and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.schemas.base import Input, Output


class Credentials(Input):
    """Who signs up or logs in."""

    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=128)]
    """Used exactly as given."""


class RefreshToken(Input):
    """A session, by its newest refresh token."""

    refresh_token: Annotated[str, Field(max_length=256)]


class Tokens(Output):
    """What opens the API."""

    access_token: str
    """For the Authorization header."""
    refresh_token: str
    """Works once; the answer holds the next."""
    expires_in: int
    """Life of the access token, in seconds."""


class Account(Output):
    """A person's account."""

    id: str
    email: str
    role: Literal["user", "admin"]
    created_at: datetime
