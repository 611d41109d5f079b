"""Events: what happens to people's things, as their servers hear of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class EventKind(enum.StrEnum):
    """What can be listened to."""

    JOB_COMPLETED = "job.completed"
    JOB_FAILED = "job.failed"
    JOB_CANCELLED = "job.cancelled"
    TEST = "webhook.test"
    """Sent on demand, to one webhook; nobody listens to it."""


LISTENED = frozenset(EventKind) - {EventKind.TEST}
"""Events that a webhook can ask for."""


@dataclass(frozen=True)
class Event:
    """Something that happened to what an account owns."""

    id: UUID
    account_id: UUID
    kind: EventKind
    data: Mapping[str, Any]
    created_at: datetime

    @property
    def webhook_id(self) -> str:
        """The id in every message about it: what a receiver knows repeats by."""
        return f"msg_{self.id.hex}"


class Events(Protocol):
    """Events by their id."""

    async def add(self, event: Event) -> bool:
        """Store it; False where an event of that id is stored already, and this one is not."""
        ...

    async def drop(self, before: datetime) -> None:
        """Forget events from before that time, and their deliveries with them."""
        ...
