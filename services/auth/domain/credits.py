"""Credits as double entry: every movement takes from one book what it puts into another.

A person's credits lie in two books, ``AVAILABLE`` and ``HELD``, whose balances their wallet keeps; neither is ever
negative. The platform's two, ``ISSUED`` and ``REVENUE``, are sums over everybody and kept nowhere: a balance of theirs
would be one row that all of the platform's movements wait for.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID


class Book(enum.StrEnum):
    """Where credits lie."""

    AVAILABLE = "available"
    """A person's, to be spent."""
    HELD = "held"
    """A person's, set aside for jobs."""
    ISSUED = "issued"
    """What the platform has given, as a negative number."""
    REVENUE = "revenue"
    """What the platform was paid."""


class MovementKind(enum.StrEnum):
    """Why credits move."""

    GRANT = "grant"
    RESERVE = "reserve"
    CAPTURE = "capture"
    RELEASE = "release"


class HoldState(enum.StrEnum):
    """What has become of a hold."""

    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"


@dataclass(frozen=True)
class Movement:
    """Credits that change books: what one loses, others get."""

    kind: MovementKind
    key: bytes
    """Digest of what is done once for a wallet."""
    reason: str
    changes: Mapping[Book, int]
    """By book, none of them zero."""
    job_id: UUID | None = None

    def change(self, book: Book) -> int:
        """What the movement puts into a book."""
        return self.changes.get(book, 0)


@dataclass(frozen=True)
class Wallet:
    """What a person has, with the number of movements that led there."""

    id: UUID
    account_id: UUID | None
    """None once the account is deleted: its movements stay, and nothing says whose they were."""
    available: int = 0
    held: int = 0
    movements: int = 0

    def after(self, movement: Movement) -> Wallet:
        """The wallet that the movement leaves."""
        return replace(
            self,
            available=self.available + movement.change(Book.AVAILABLE),
            held=self.held + movement.change(Book.HELD),
            movements=self.movements + 1,
        )


@dataclass(frozen=True)
class Entry:
    """A movement in a wallet's history, which nobody changes any more."""

    number: int
    """Counts a wallet's movements from 1, without gaps."""
    movement: Movement
    available: int
    """What the movement left to be spent."""
    held: int
    """What it left set aside."""
    created_at: datetime


@dataclass(frozen=True)
class Hold:
    """Credits set aside for one job."""

    job_id: UUID
    wallet_id: UUID
    account_id: UUID | None
    credits: int
    reason: str
    """Stands on every line of the statement that the job has."""
    reserved_at: datetime
    service: str
    """Whose job it is: the service that set them aside."""
    state: HoldState = HoldState.OPEN
    captured: int = 0
    """Credits that were taken for good."""


@dataclass(frozen=True)
class Prices:
    """What work costs. Raises ValueError for one that is negative."""

    avatar: int = 0
    """From measurements."""
    preview: int = 0
    batch_avatar: int = 1
    """Each avatar of a batch."""
    face_avatar: int = 5
    pose_picture: int = 5
    try_on: int = 5
    turntable: int = 5
    hd: int = 2
    """Added to a pose picture or a try-on in high resolution."""
    priority: int = 3
    """Added to a pose picture or a try-on in the priority lane."""

    def __post_init__(self) -> None:
        if min(asdict(self).values()) < 0:
            raise ValueError("a price is at least 0")


def granted(credits: int, reason: str, key: str) -> Movement:
    """The platform gives credits, or takes some back where they are negative."""
    return Movement(
        MovementKind.GRANT, _digest(key), reason, {Book.AVAILABLE: credits, Book.ISSUED: -credits}
    )


def reserved(job_id: UUID, credits: int, reason: str) -> Movement:
    """Credits are set aside for a job."""
    changes = {Book.AVAILABLE: -credits, Book.HELD: credits}
    return Movement(MovementKind.RESERVE, _digest(f"reserve:{job_id}"), reason, changes, job_id)


def captured(hold: Hold, credits: int) -> Movement:
    """Some of a hold is taken for good, the rest goes back."""
    changes = {Book.HELD: -hold.credits, Book.REVENUE: credits, Book.AVAILABLE: hold.credits - credits}
    moved = {book: change for book, change in changes.items() if change}
    return Movement(MovementKind.CAPTURE, _digest(f"capture:{hold.job_id}"), hold.reason, moved, hold.job_id)


def released(hold: Hold) -> Movement:
    """A hold goes back."""
    changes = {Book.HELD: -hold.credits, Book.AVAILABLE: hold.credits}
    return Movement(
        MovementKind.RELEASE, _digest(f"release:{hold.job_id}"), hold.reason, changes, hold.job_id
    )


def _digest(key: str) -> bytes:
    """SHA-256 of a key: keys may name an account, and entries outlive it."""
    return hashlib.sha256(key.encode()).digest()
