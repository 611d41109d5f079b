"""Work that the database has undone is done again: a few times, after moments at random, within the deadline.

Of two transactions that stand in each other's way PostgreSQL ends one, and of one whose connection breaks it keeps
nothing. Neither says anything about the work, and its caller need not hear of it. Only what may be done twice is
repeated: methods whose contract says so, jobs, and verbs that say so themselves with ``repeated``.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from atelierkit import context
from atelierkit.errors import Unavailable

TRIES = 4
"""Most times that work is done; the last failure is told."""
_FIRST_WAIT_S = 0.02
"""Longest wait before the second try; it doubles with each further one."""

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class Undone(Unavailable):
    """The database ended a unit of work before its end. Nothing of it is stored, so it may be done again at once."""


async def until_kept(work: Callable[[], Awaitable[_Result]]) -> _Result:
    """Do the work, and again where the database has undone it.

    Unavailable after the last try, and where the request's deadline leaves no time for another. It is no Undone: work
    that holds this one does not multiply the tries.
    """
    for tried in itertools.count(1):
        try:
            return await work()
        except Undone as undone:
            pause_s = wait_s(tried)
            if tried == TRIES or not _is_time_for(pause_s):
                raise _given_up(undone) from undone
        await asyncio.sleep(pause_s)
    raise AssertionError("counting never ends")


def repeated(
    verb: Callable[_Parameters, Awaitable[_Result]],
) -> Callable[_Parameters, Coroutine[Any, Any, _Result]]:
    """Mark a coroutine function that may be done again from its beginning once one of its units of work was undone.

    What it has done before that unit of work must do no harm a second time.
    """

    @functools.wraps(verb)
    async def until_kept_verb(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        return await until_kept(lambda: verb(*args, **kwargs))

    return until_kept_verb


def wait_s(tried: int) -> float:
    """The wait after so many tries, at random: those that met do not meet again."""
    return _FIRST_WAIT_S * 2.0 ** (tried - 1) * random.uniform(0.5, 1.0)  # noqa: S311  no secret


def _is_time_for(pause_s: float) -> bool:
    left_s = context.remaining_s()
    return left_s is None or pause_s < left_s


def _given_up(undone: Undone) -> Unavailable:
    told = Unavailable(undone.message)
    told.metadata = undone.metadata
    return told
