"""Pages of what a person has, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from atelierkit.pages import cut
from services.generator.domain.model import Position


class _Dated(Protocol):
    """What has a position."""

    @property
    def id(self) -> UUID: ...

    @property
    def created_at(self) -> datetime: ...


_Item = TypeVar("_Item", bound=_Dated)


def paged(found: Sequence[_Item], limit: int) -> tuple[tuple[_Item, ...], Position | None]:
    """What is shown of ``limit + 1`` that were looked for, and where the next page begins; None after the last."""
    shown, last = cut(found, limit)
    return shown, Position(last.created_at, last.id) if last is not None else None
