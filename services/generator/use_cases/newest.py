"""What is made of an avatar takes longer than a transaction should, and somebody may change the avatar meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.generator.domain.errors import Outdated

_ATTEMPTS = 5
"""Each lost attempt means that another change of the same avatar was stored."""

_T = TypeVar("_T")


async def on_newest(work: Callable[[], Awaitable[_T]]) -> _T:
    """Do the work again, from the newest revision, when a change was stored first. Raise Outdated where there is no end."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return await work()
        except Outdated:
            continue
    return await work()
