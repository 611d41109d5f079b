"""Consents, and the policies that they are given to."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.schemas.base import Input, Output

Purpose = Literal["face_photos", "improve_models"]


class ConsentDraft(Input):
    """A consent that is given, or taken back."""

    purpose: Purpose
    policy_version: Annotated[str, Field(min_length=1, max_length=64)]
    """Version of the policy that you were shown."""
    given: bool
    """Whether you consent; false takes it back."""


class Consent(Output):
    """One entry of the ledger. The latest on a purpose is the one that stands."""

    id: str
    purpose: Purpose
    policy_version: str
    given: bool
    created_at: datetime
    address: str
    """Network address that it came from."""
    agent: str
    """What the program that sent it said of itself."""


class ConsentPage(Output):
    """Some of the caller's entries, newest first."""

    data: list[Consent]
    next_cursor: str | None


class Policy(Output):
    """A policy in force."""

    purpose: Purpose
    version: str


class Policies(Output):
    """The policies in force, one for each purpose."""

    data: list[Policy]
