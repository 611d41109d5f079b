"""Everything that is known of a person, section by section and part by part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.auth.domain.ports import UnitOfWork

Record = Mapping[str, Any]
"""One JSON object."""
PART = 200
"""Records of a part where a section may be long."""


@dataclass(frozen=True)
class Part:
    """Some records of one section."""

    records: Sequence[Record]
    next: str = ""
    """Where the section goes on; empty at its end."""


Gather = Callable[[UnitOfWork, UUID, str], Awaitable[Part]]
"""Gives an account's records from a place on that an earlier part named; an empty one is the beginning."""


@dataclass(frozen=True)
class Section:
    """What one topic knows of a person. A new table is told of here, or a test fails."""

    name: str
    tables: frozenset[str]
    """Tables that it is gathered from."""
    gather: Gather
