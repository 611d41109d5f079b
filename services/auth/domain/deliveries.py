"""Deliveries: one event's way to one webhook."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from services.auth.domain.events import Event
from services.auth.domain.jobs import Backlog
from services.auth.domain.model import Position
from services.auth.domain.targets import Target
from services.auth.domain.webhooks import Endpoint

KEPT_FOR = timedelta(days=30)
"""How long events and their deliveries are kept, for a look and for a replay."""
LONGEST_PAUSE = timedelta(hours=24)
"""Longest ``Retry-After`` that is heeded."""

# Standard Webhooks 1.0.0: the first attempt at once, then so long after each failure.
_WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
MAX_ATTEMPTS = len(_WAITS) + 1
_SPREAD = 0.1


class DeliveryState(enum.StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"
    """Ten attempts, and none was taken."""
    CANCELLED = "cancelled"
    """The webhook was switched off meanwhile."""


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one webhook."""

    id: UUID
    event: Event
    endpoint_id: UUID
    created_at: datetime
    next_at: datetime | None
    """When the next attempt is due; None when there will be none."""
    state: DeliveryState = DeliveryState.WAITING
    run: int = 1
    """Grows with each replay: attempts of an earlier run are no longer made."""
    attempts: int = 0
    """Attempts of this run."""
    attempted_at: datetime | None = None
    status: int | None = None
    """HTTP status of the last answer; None where there was none."""
    error: str = ""
    """Why the last attempt failed, as one word; empty where it did not."""

    @classmethod
    def new(cls, event: Event, endpoint: Endpoint, now: datetime) -> Delivery:
        """A delivery whose first attempt is due."""
        return cls(uuid4(), event, endpoint.id, now, now)

    @property
    def position(self) -> Position:
        """Its place in a list."""
        return Position(self.created_at, self.id)

    @property
    def job(self) -> dict[str, str | int]:
        """Arguments of the job that makes the next attempt."""
        return {"delivery_id": str(self.id), "run": self.run, "attempt": self.attempts + 1}

    def awaits(self, run: int, attempt: int) -> bool:
        """Whether that attempt is the next one: a job that comes a second time finds that it is not."""
        return self.state is DeliveryState.WAITING and (run, attempt) == (self.run, self.attempts + 1)

    def attempted(self, answer: Answer, now: datetime, scale: float = 1.0) -> Delivery:
        """After an attempt: delivered, due again, exhausted or not wanted. ``scale`` stretches the schedule."""
        after = replace(
            self, attempts=self.attempts + 1, attempted_at=now, status=answer.status, error=answer.error
        )
        if answer.taken:
            return replace(after, state=DeliveryState.DELIVERED, next_at=None)
        if answer.gone:
            return after.cancelled()
        if after.attempts >= MAX_ATTEMPTS:
            return replace(after, state=DeliveryState.EXHAUSTED, next_at=None)
        return replace(after, next_at=now + max(self._wait(after.attempts) * scale, answer.pause))

    def put_off(self, until: datetime) -> Delivery:
        """Due at that time, without an attempt."""
        return replace(self, next_at=until)

    def cancelled(self) -> Delivery:
        """No further attempt is made."""
        return replace(self, state=DeliveryState.CANCELLED, next_at=None)

    def replayed(self, now: datetime) -> Delivery:
        """Due now, with all attempts before it again."""
        return replace(self, state=DeliveryState.WAITING, run=self.run + 1, attempts=0, next_at=now)

    def _wait(self, attempts: int) -> timedelta:
        # Spread by id: after an outage not everything comes back in the same second.
        return _WAITS[attempts - 1] * (1 + _SPREAD * (self.id.int % 1000) / 1000)


@dataclass(frozen=True)
class Answer:
    """What came of one attempt."""

    status: int | None = None
    """HTTP status; None where no answer came."""
    error: str = ""
    """One word for what went wrong: the same in metrics and in lists; empty for a status of 2xx."""
    pause: timedelta = timedelta(0)
    """What ``Retry-After`` asked for."""

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver wants nothing more, ever."""
        return self.status == 410


class Deliveries(Protocol):
    """Deliveries: one for an event and a webhook."""

    async def add(self, delivery: Delivery) -> None:
        """Store it, and have its first attempt made."""
        ...

    async def get(self, id: UUID) -> Delivery | None: ...

    async def locked(self, id: UUID) -> Delivery | None:
        """Like ``get``; nobody else changes it until the unit of work ends."""
        ...

    async def save(self, delivery: Delivery) -> None:
        """Store how far it is, and have its next attempt made when that is due."""
        ...

    async def page(self, endpoint_id: UUID, *, limit: int, after: Position | None) -> Sequence[Delivery]:
        """Deliveries to that webhook: the newest first, those after the position."""
        ...

    async def backlog(self, now: datetime) -> Backlog:
        """What waits now; what is overdue counts for its age."""
        ...


class Courier(Protocol):
    """Brings messages to people's servers, and to none of anybody else's."""

    async def check(self, url: str) -> Target:
        """Raise UrlNotAllowed where nothing may be sent to that address, as its name leads now; Unavailable when nobody
        can say where it leads."""
        ...

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """Make one attempt; whatever goes wrong is an answer too."""
        ...
