"""What the database has undone is done again: how often, when, and what is told in the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from atelierkit import context
from atelierkit.errors import Conflict, Unavailable
from atelierkit.repeat import TRIES, Undone, repeated, until_kept, wait_s


class Work:
    """Is undone so many times before it is kept."""

    def __init__(self, undone: int) -> None:
        self.undone = undone
        self.done = 0

    async def __call__(self) -> int:
        self.done += 1
        if self.done <= self.undone:
            raise Undone("the database could not keep the work", dependency="database")
        return self.done


@pytest.mark.parametrize("undone", range(TRIES))
async def test_it_is_done_until_it_is_kept(undone: int) -> None:
    assert await until_kept(Work(undone)) == undone + 1


async def test_the_last_failure_is_told_and_repeated_by_nobody_further_out() -> None:
    work = Work(TRIES)

    async def inner() -> int:
        return await until_kept(work)

    with pytest.raises(Unavailable) as told:
        await until_kept(inner)
    assert work.done == TRIES
    assert not isinstance(told.value, Undone)
    assert (told.value.metadata, told.value.retry_after_s) == ({"dependency": "database"}, 1.0)


@pytest.mark.parametrize(("tried", "longest_s"), [(1, 0.02), (2, 0.04), (3, 0.08)])
def test_waits_are_drawn_and_grow(tried: int, longest_s: float) -> None:
    waits = [wait_s(tried) for _ in range(200)]
    assert longest_s / 2 <= min(waits) < 0.6 * longest_s
    assert 0.9 * longest_s < max(waits) <= longest_s


async def test_no_try_is_begun_that_the_deadline_has_no_time_for() -> None:
    work = Work(TRIES - 1)
    with context.request(timeout_s=0.001), pytest.raises(Unavailable):
        await until_kept(work)
    assert work.done == 1


@pytest.mark.parametrize("error", [Unavailable("away"), Conflict("taken"), RuntimeError("a bug")])
async def test_every_other_failure_rises_at_once(error: Exception) -> None:
    async def work() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        await until_kept(work)
    assert raised.value is error


async def test_a_marked_verb_gets_its_arguments_each_time() -> None:
    seen: list[tuple[int, str]] = []

    class Verb:
        @repeated
        async def __call__(self, number: int, *, word: str) -> str:
            """Say it."""
            seen.append((number, word))
            if len(seen) < 3:
                raise Undone("undone")
            return word

    verb: Callable[..., object] = Verb.__call__
    assert await Verb()(1, word="a") == "a"
    assert seen == [(1, "a")] * 3
    assert verb.__doc__ == "Say it."
