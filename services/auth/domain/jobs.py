"""Work that is put off until its unit of work has committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

SEND_RESET = "send_reset"
"""Arguments: ``email_key`` in hex, so that no address lies about."""
SEND_LETTER = "send_letter"
"""Arguments: ``letter_id``."""
DELIVER = "deliver"
"""Arguments: ``delivery_id``, and ``run`` and ``attempt``, which tell a job that came late from the one to do."""

URGENT = frozenset({SEND_LETTER, SEND_RESET})
"""Jobs that a person sits and waits for."""


@dataclass(frozen=True)
class Backlog:
    """What waits of one kind."""

    waiting: int = 0
    oldest_at: datetime | None = None
    """Since when the oldest of it could have been done; None where nothing could."""


class Jobs(Protocol):
    """Jobs for a worker of this service."""

    async def put(self, name: str, arguments: Mapping[str, str | int], at: datetime | None = None) -> None:
        """Have that done once the unit of work has committed, at that time or as soon as can be."""
        ...
