"""A database that undoes one unit of work, whichever a test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Generic, TypeVar

from atelierkit.repeat import Undone

_Unit = TypeVar("_Unit")


class Undoing(Generic[_Unit]):
    """Units of work of which one is undone at its end, as by a transaction that met another."""

    def __init__(self, units: Callable[[], AbstractAsyncContextManager[_Unit]]) -> None:
        self._units = units
        self._left = 0

    def undo(self, number: int) -> None:
        """Undo that one of the units to come, counted from 1; with 0 none."""
        self._left = number

    @property
    def undone(self) -> bool:
        """Whether it came."""
        return self._left <= 0

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[_Unit]:
        async with self._units() as unit:
            yield unit
            self._left -= 1
            if self._left == 0:
                raise Undone("the database could not keep the work", dependency="database")
