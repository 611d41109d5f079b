"""Rows with files are read in two statements, and may be deleted between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class Linked(Protocol):
    """A row that has files as long as it is there."""

    @property
    def files(self) -> Sequence[object]:
        """Its links to them."""
        ...


T = TypeVar("T", bound=Linked)


def left(rows: Iterable[T]) -> list[T]:
    """Those that were still there when their files were read."""
    return [row for row in rows if row.files]


def still(row: T | None) -> T | None:
    """The row, unless it was gone when its files were read."""
    return row if row is not None and row.files else None
