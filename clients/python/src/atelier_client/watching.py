"""What is known of a job that is watched, and when to look again. It knows nothing of connections."""

from __future__ import annotations

import time

from atelier_client.errors import AtelierError, WaitedTooLong
from atelier_client.event_stream import EventReader
from atelier_client.shapes import Job

ENDS = frozenset({"completed", "failed", "cancelled"})
LONGEST_PAUSE_S = 15.0
"""Asking counts against the caller's requests, of which there may be 100 in 15 minutes; events count nothing."""
OUTAGE_S = 300.0
"""How long the platform may be away while somebody waits for a job."""


class Watch:
    """One job that is watched."""

    def __init__(self, id: str, timeout_s: float) -> None:
        self.id = id
        self.reader = EventReader()
        self.ends_at = time.monotonic() + timeout_s
        self.ended = False
        self._revision = -1
        self._fruitless = 0
        self._heard_at = time.monotonic()
        self._asked_s: float | None = None

    def is_news(self, job: Job) -> bool:
        """Take note of the job; whether it has changed since it was last seen."""
        self._heard_at = time.monotonic()
        self.ended = job.state in ENDS
        has_changed = job.revision > self._revision
        if has_changed:
            self._revision, self._fruitless = job.revision, 0
        return has_changed

    def failed(self, error: AtelierError) -> None:
        """Take note of a failure. Raises it where it does not pass."""
        if not error.retryable or time.monotonic() - self._heard_at > OUTAGE_S:
            raise error
        self._asked_s = error.retry_after_s

    def pause_s(self) -> float:
        """Seconds until the next look: longer each time that there was nothing new. Raises WaitedTooLong."""
        left_s = self.ends_at - time.monotonic()
        if left_s <= 0:
            raise WaitedTooLong(f"job {self.id} has not ended yet")
        wanted_s = min(LONGEST_PAUSE_S, self.reader.retry_s * (1 << self._fruitless))
        self._fruitless = min(self._fruitless + 1, 10)
        asked_s, self._asked_s = self._asked_s, None
        return min(left_s, max(wanted_s, asked_s or 0.0))
