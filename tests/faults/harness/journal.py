"""The clients' side of the story: every request before it is sent, every answer when it came, as JSON lines."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO


@dataclass
class Entry:
    """One request. Times are seconds since the journal began."""

    number: int
    operation: str
    """What the user did, e.g. `create`."""
    user: str
    """E-mail of the account; empty for anonymous requests."""
    intent: dict[str, Any]
    """What is needed to check the outcome, e.g. the id or the body that was sent."""
    due: float
    """When the schedule wanted it sent."""
    sent: float
    deadline_s: float
    """The server's own limit of the request."""
    request_id: str = ""
    """The id that the client offers: by it the request is found in the platform's own trail."""
    welcome: frozenset[int] = frozenset()
    """Statuses that are as good an answer as having it done: who cancels may come too late."""
    answered: float | None = None
    """When the whole answer was there, or the connection was closed; None while it is open."""
    status: int | None = None
    """HTTP status; None where the connection closed without a whole answer."""
    closed_by: str = ""
    """Kind of failure where the connection closed or nothing came in time."""
    hung: bool = False
    """Nothing came, and the client gave up."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of a refusal that the checker reads."""
    answer: Any = None
    """What is kept of the answer: of a refusal the whole body, of a success the part that is checked."""

    @property
    def acknowledged(self) -> bool:
        """Whether the server said that it was done."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def good(self) -> bool:
        """Whether the answer is one that the user can do with."""
        return self.acknowledged or self.status in self.welcome

    @property
    def seconds(self) -> float:
        """How long the client waited."""
        return (self.answered if self.answered is not None else float("inf")) - self.sent

    def __str__(self) -> str:
        return f"{self.operation} #{self.number} ({self.status})"


class Journal:
    """Keeps entries, in memory and in a file that survives the run."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file: TextIO = path.open("w")
        self._began = time.monotonic()
        self._entries: list[Entry] = []

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def now(self) -> float:
        """Seconds since the journal began."""
        return time.monotonic() - self._began

    def begin(
        self,
        operation: str,
        user: str,
        intent: dict[str, Any],
        *,
        due: float,
        deadline_s: float,
        welcome: frozenset[int] = frozenset(),
    ) -> Entry:
        """Note a request that is about to be sent."""
        number = len(self._entries)
        request_id = f"{self.path.stem}-{number}"
        entry = Entry(number, operation, user, intent, due, self.now, deadline_s, request_id, welcome)
        self._entries.append(entry)
        self.note("sent", number=entry.number, operation=operation, user=user, intent=intent, at=entry.sent)
        return entry

    def end(self, entry: Entry) -> None:
        """Note its answer, or that there will be none."""
        entry.answered = self.now
        told = asdict(entry)
        for known in ("operation", "user", "intent", "due", "sent", "welcome"):
            del told[known]
        self.note("answered", **told)

    def note(self, event: str, **facts: Any) -> None:
        """Write a line of another kind, e.g. the nemesis' marks."""
        self._file.write(json.dumps({"event": event, **facts}) + "\n")

    def between(self, begin: float, end: float) -> list[Entry]:
        """Entries sent in that time."""
        return [entry for entry in self._entries if begin <= entry.sent < end]

    def close(self) -> None:
        """No more is written."""
        self._file.close()
