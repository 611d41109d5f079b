"""Requests that may be sent twice: one of them runs, and its answer is kept for the others."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from services.auth.domain.sealing import Place

KEPT_FOR = timedelta(hours=24)
"""How long a key is known, from its first use on."""
TABLE = "kept_requests"
_HEAD_BYTES = 4


@dataclass(frozen=True)
class RequestKey:
    """An idempotency key, which means something for one caller and one route alone."""

    caller: UUID | str
    """An account's id, or an address where nobody is signed in."""
    route: str
    key: str

    @property
    def account_id(self) -> UUID | None:
        """The account whose request it is."""
        return self.caller if isinstance(self.caller, UUID) else None

    @property
    def id(self) -> str:
        """SHA-256 in hexadecimal: whatever a client takes for a key, 64 characters are stored and compared."""
        parts = (type(self.caller).__name__, str(self.caller), self.route, self.key)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, as it went out."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def packed(self) -> bytes:
        """As few bytes as it takes."""
        head = json.dumps([self.status, dict(self.headers)]).encode()
        return zlib.compress(len(head).to_bytes(_HEAD_BYTES) + head + self.body)

    @classmethod
    def unpacked(cls, packed: bytes) -> Answer:
        """What ``packed`` made."""
        data = zlib.decompress(packed)
        end = _HEAD_BYTES + int.from_bytes(data[:_HEAD_BYTES])
        status, headers = json.loads(data[_HEAD_BYTES:end])
        return cls(status, headers, data[end:])


@dataclass(frozen=True)
class KeptRequest:
    """What is known of a key.

    Fingerprint and answer are sealed: a log-in's body is a password, which nobody may try against a bare digest,
    and its answer holds tokens.
    """

    id: str
    account_id: UUID | None
    run_id: UUID
    """The same however often the request has to be run, so that a second run finds what the first one made."""
    attempt: UUID
    """Who runs it, or ran it last."""
    fingerprint: bytes
    lease_until: datetime
    """When the attempt is given up."""
    expires_at: datetime
    answer: bytes | None = None

    @classmethod
    def new(
        cls, key: RequestKey, fingerprint: bytes, attempt: UUID, now: datetime, lease: timedelta
    ) -> KeptRequest:
        """A request that is run for the first time, now."""
        return cls(key.id, key.account_id, uuid4(), attempt, fingerprint, now + lease, now + KEPT_FOR)

    def taken_over(self, attempt: UUID, lease_until: datetime) -> KeptRequest:
        """The same request, run by another attempt."""
        return replace(self, attempt=attempt, lease_until=lease_until)

    def ended(self, answer: bytes | None, now: datetime) -> KeptRequest:
        """With its answer; without one, to be run again by whoever comes."""
        return replace(self, answer=answer, lease_until=now)


def fingerprint_place(id: str) -> Place:
    """Where a request's fingerprint lies."""
    return Place(TABLE, "fingerprint", id)


def answer_place(id: str) -> Place:
    """Where a request's answer lies."""
    return Place(TABLE, "answer", id)


@dataclass(frozen=True)
class Run:
    """Run it, under this id."""

    id: UUID


@dataclass(frozen=True)
class Running:
    """Another attempt is at it."""


class KeptRequests(Protocol):
    """What is known of keys."""

    async def locked(self, id: str) -> KeptRequest | None:
        """Nobody else changes it until the unit of work ends."""
        ...

    async def locked_or_added(self, fresh: KeptRequest) -> KeptRequest:
        """Like ``locked``; ``fresh`` itself where nothing was known. Raise Unauthenticated where its account is gone."""
        ...

    async def save(self, kept: KeptRequest) -> None:
        """Replace what is known."""
        ...

    async def drop_expired(self, now: datetime) -> None:
        """Forget some of the keys whose time is over: more than one request adds, so that the table stays small."""
        ...
