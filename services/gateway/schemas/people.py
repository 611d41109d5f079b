"""What people do with their accounts beside logging in, and administrators with everybody's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.gateway.schemas.accounts import Account, Language, Role, Tier
from services.gateway.schemas.base import Input, Output, Page

Password = Annotated[str, Field(max_length=128)]
"""Used exactly as given."""
LinkToken = Annotated[str, Field(max_length=256)]
"""The secret of a letter's link."""


class EmailProof(Input):
    """The link of a letter, for a proof of the address."""

    token: LinkToken


class Forgotten(Input):
    """Whose password is forgotten."""

    email: Annotated[str, Field(max_length=254)]


class NewPassword(Input):
    """A new password, with the link of a letter."""

    token: LinkToken
    password: Password


class PasswordChange(Input):
    """A new password, with the old one."""

    current: Password
    new: Password


class ProfileChange(Input):
    """What a person says of themselves; what is left out stays."""

    display_name: Annotated[str, Field(max_length=80)] | None = None
    language: Language | None = None
    job_letters: bool | None = None


class AccountEnd(Input):
    """The password once more: there is no way back."""

    password: Password


class Session(Output):
    """One log-in."""

    id: str
    device: str
    """What the client called itself; empty where it said nothing."""
    current: bool
    """Whether it is the caller's own."""
    created_at: datetime
    used_at: datetime
    expires_at: datetime


class Sessions(Output):
    """Where the caller is logged in, the session that was used last first."""

    data: list[Session]


class User(Account):
    """An account as administrators see it."""

    disabled: bool
    """Whether an administrator has closed it."""


class UserPage(Output):
    """A page of accounts, the newest first."""

    data: list[User]
    next_cursor: str | None


class UserSearch(Page):
    """Which accounts are wanted."""

    email: Annotated[str, Field(max_length=254)] = ""
    """A part of the address, in any case."""


class UserChange(Input):
    """What an account may do; what is left out stays."""

    role: Role | None = None
    tier: Tier | None = None
    disabled: bool | None = None
