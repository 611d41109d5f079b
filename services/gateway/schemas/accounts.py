"""Accounts and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.schemas.base import Input, Output

Language = Literal["en", "fr"]
Role = Literal["user", "admin"]
Tier = Literal["free", "pro", "unlimited"]


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
    email_verified: bool
    """Whether the person has shown that the address is theirs; without it there are no credits."""
    display_name: str
    """Empty where nothing was said."""
    language: Language
    """Of letters to the person."""
    job_letters: bool
    """Whether the person gets a letter when a job ends."""
    role: Role
    tier: Tier
    """How much the account may ask of the platform."""
    created_at: datetime
