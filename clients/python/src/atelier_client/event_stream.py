"""Server-sent events (WHATWG HTML, section 9.2), piece by piece.

httpx's own lines are no help: they end at U+2028, too, which a text in an event may hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_FIRST_RETRY_S = 2.0
# A carriage return at the end of a piece may be half of a line's end.
_LINE_END = re.compile(rb"\r\n|\n|\r(?=.)", re.DOTALL)


@dataclass(frozen=True)
class Event:
    """One event."""

    id: str
    kind: str
    data: str


@dataclass
class EventReader:
    """Makes events of a stream's bytes, and remembers what a reconnect needs."""

    last_id: str = ""
    """Id of the last whole event: what `Last-Event-ID` says."""
    retry_s: float = _FIRST_RETRY_S
    """Pause before a reconnect."""
    _rest: bytes = b""
    _id: str = ""
    _kind: str = ""
    _data: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """A new connection: half an event from the last one is none."""
        self._rest, self._id, self._kind, self._data = b"", self.last_id, "", []

    def feed(self, piece: bytes) -> Iterator[Event]:
        """Take some bytes, and give the events that they complete."""
        *lines, self._rest = _LINE_END.split(self._rest + piece)
        for line in lines:
            event = self._line(line.decode("utf-8", "replace"))
            if event is not None:
                yield event

    def _line(self, text: str) -> Event | None:
        if text == "":
            return self._complete()
        name, _, value = text.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._kind = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry_s = int(value) / 1000
        return None

    def _complete(self) -> Event | None:
        data, kind = self._data, self._kind or "message"
        self._data, self._kind, self.last_id = [], "", self._id
        return Event(self.last_id, kind, "\n".join(data)) if data else None
