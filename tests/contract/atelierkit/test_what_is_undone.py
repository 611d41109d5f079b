"""A server does again what its database has undone, and only what may come twice."""

from __future__ import annotations

from typing import Any

import pytest

from atelierkit.errors import RemoteError
from atelierkit.repeat import TRIES, Undone
from atelierkit.testing import serve
from tests.contract.atelierkit import echo


class Undoing:
    """A method that is undone so many times before it answers."""

    def __init__(self, undone: int) -> None:
        self._undone = undone
        self.runs = 0

    async def __call__(self, request: Any, context: Any) -> Any:
        self.runs += 1
        if self.runs <= self._undone:
            raise Undone("the database could not keep the work", dependency="database")
        return request


async def test_a_method_that_may_come_twice_is_run_again() -> None:
    again = Undoing(TRIES - 1)
    async with serve(echo.service(Again=again)) as channel:
        assert (await echo.call(channel, "Again")(echo.word(text="once"))).text == "once"
    assert again.runs == TRIES


@pytest.mark.parametrize(("method", "runs"), [("Again", TRIES), ("Open", 1)])
async def test_otherwise_the_caller_is_told_to_come_back(method: str, runs: int) -> None:
    undone = Undoing(TRIES)
    async with serve(echo.service(**{method: undone})) as channel:
        with pytest.raises(RemoteError) as told:
            await echo.call(channel, method)(echo.word())
    assert undone.runs == runs
    assert (told.value.reason, told.value.retry_after_s) == ("UNAVAILABLE", 1.0)
