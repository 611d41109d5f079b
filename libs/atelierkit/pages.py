"""Pages of lists: one more than is shown is looked for, and tells whether there is another page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_Item = TypeVar("_Item")


def cut(found: Sequence[_Item], limit: int) -> tuple[tuple[_Item, ...], _Item | None]:
    """What is shown of ``limit + 1`` that were looked for, and behind which of them the next page begins; None on the last."""
    shown = tuple(found[:limit])
    return shown, shown[-1] if len(found) > limit else None
