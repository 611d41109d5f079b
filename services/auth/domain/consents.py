"""Consents: what people allowed, to which policy, when and from where. Nothing in the ledger is ever changed."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

from atelierkit.errors import AppError, Code, Forbidden


class Purpose(enum.StrEnum):
    """What somebody may allow; each has a policy of its own."""

    FACE_PHOTOS = "face_photos"
    """Photos of the person's face are kept and worked on."""
    IMPROVE_MODELS = "improve_models"
    """The person's data may train models."""


Policies = Mapping[Purpose, str]
"""The version in force of each purpose's policy."""


class ConsentRequired(Forbidden):
    """The person has not consented to this, or only to a policy that is no longer in force."""

    reason = "CONSENT_REQUIRED"


class PolicyNotInForce(AppError):
    """Consent was given to another version than the one in force: the person has read something else."""

    code = Code.FAILED_PRECONDITION
    reason = "POLICY_NOT_IN_FORCE"


@dataclass(frozen=True)
class Origin:
    """Where a consent came from; it is sealed at rest."""

    address: str
    agent: str
    """What the person's program said of itself."""


@dataclass(frozen=True)
class Consent:
    """One entry of the ledger: a consent that was given, or taken back."""

    id: UUID
    account_id: UUID
    purpose: Purpose
    policy_version: str
    given: bool
    """False where it was taken back."""
    created_at: datetime
    origin: Origin

    @classmethod
    def new(
        cls, account_id: UUID, purpose: Purpose, version: str, *, given: bool, origin: Origin, now: datetime
    ) -> Consent:
        """An entry of now."""
        return cls(uuid4(), account_id, purpose, version, given, now, origin)

    def says_the_same_as(self, other: Consent | None) -> bool:
        """Whether it would change nothing after that one."""
        return other is not None and (self.given, self.policy_version) == (other.given, other.policy_version)


class ConsentLedger(Protocol):
    """The entries of everybody, in the order in which they came."""

    async def append(self, consent: Consent) -> None: ...

    async def standing(self, account_id: UUID, purpose: Purpose) -> Consent | None:
        """The account's latest entry on that purpose."""
        ...

    async def page(self, account_id: UUID, *, limit: int, after: UUID | None) -> Sequence[Consent]:
        """The account's entries, newest first; those after that one."""
        ...
