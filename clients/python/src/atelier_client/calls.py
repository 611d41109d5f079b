"""A call: what one operation sends, and what it answers. It knows nothing of connections."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote

Answer = TypeVar("Answer", covariant=True)
Item = TypeVar("Item", covariant=True)
Parameter = str | int | bool | datetime | Mapping[str, float] | None
JsonObject = Mapping[str, Any]
"""A body in the API's own names, for whoever has it as JSON already."""

_OCTETS = "application/octet-stream"
_MEDIA_TYPES = {".ply": "model/ply", ".obj": "model/obj", ".xyz": "text/plain", ".csv": "text/csv"}


@dataclass(frozen=True)
class Upload:
    """A file as a request's body."""

    data: bytes
    media_type: str = _OCTETS

    @classmethod
    def of(cls, file: str | Path) -> Upload:
        """The file, whose suffix says what it is."""
        path = Path(file)
        guessed = _MEDIA_TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
        return cls(path.read_bytes(), guessed or _OCTETS)


@dataclass(frozen=True)
class Call(Generic[Answer]):
    """One operation with its arguments."""

    method: str
    path: str
    answer: type[Answer]
    """The shape of a JSON answer; bytes for a file, None's type for none."""
    query: Mapping[str, Parameter] = field(default_factory=dict)
    """What is None is left out."""
    body: object = None
    """A shape, a `JsonObject` or an `Upload`."""
    also: Mapping[int, type[Answer]] = field(default_factory=dict)
    """Shapes of answers with other statuses."""

    @property
    def parameters(self) -> dict[str, str]:
        """The query, as it is written."""
        return dict(_parameters(self.query))

    def with_query(self, **query: str) -> Call[Answer]:
        """The same call with other parameters."""
        return replace(self, query={**self.query, **query})


class PageOf(Protocol[Item]):
    """A part of a list."""

    @property
    def data(self) -> Sequence[Item]: ...

    @property
    def next_cursor(self) -> str | None:
        """Where the next part begins; None for the last."""
        ...


def path(template: str, **values: str) -> str:
    """The path with its values. Nothing in a value makes it another path."""
    return template.format(**{name: quote(value, safe="") for name, value in values.items()})


def _parameters(query: Mapping[str, Parameter]) -> Iterator[tuple[str, str]]:
    """Each parameter; of a mapping each of its members, as OpenAPI's `deepObject` has them."""
    for name, value in query.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}[{key}]", str(member)) for key, member in value.items())
        elif value is not None:
            yield name, _written(value)


def _written(value: str | int | bool | datetime) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime) else str(value)
