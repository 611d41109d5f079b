"""Secrets at rest: sealed before they are stored, bound to the place that they are stored in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Place:
    """Where sealed bytes lie. They open there and nowhere else, so that no row can borrow another's."""

    table: str
    column: str
    row: str
    """The row's key, as text."""


class Unsealable(Exception):
    """The bytes were not sealed for that place by a key of ours: lost key, wrong row, or changed by somebody.

    No failure of the contract: nobody who calls can do anything about it.
    """


class Seals(Protocol):
    """Seals with one key, and opens with all that are known."""

    def seal(self, plain: bytes, context: Place) -> bytes:
        """Bytes that hide ``plain`` and cannot be changed unnoticed; different ones each time."""
        ...

    def open(self, sealed: bytes, context: Place) -> bytes:
        """What was sealed for that place. Raise Unsealable."""
        ...
