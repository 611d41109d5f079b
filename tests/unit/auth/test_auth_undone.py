"""Whichever of a verb's units of work the database undoes, the verb gets through, and leaves what it always leaves.

These are the verbs of methods that do not declare that they may come twice: nobody else repeats them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from services.auth.adapters.memory import MemoryUnitsOfWork
from services.auth.adapters.passwords import Argon2Passwords
from services.auth.domain.letters import LetterKind
from services.auth.domain.model import Account
from services.auth.use_cases.api_keys import CreateApiKey
from tests.unit.auth.people_world import NEW_PASSWORD, PeopleWorld
from tests.unit.auth.world import EMAIL, PASSWORD, SetClock
from tests.unit.undoing import Undoing

Verb = Callable[[PeopleWorld, Account], Coroutine[Any, Any, object]]


async def _sign_up(world: PeopleWorld, jane: Account) -> object:
    return await world.sign_up("joe@example.org", PASSWORD)


async def _verify(world: PeopleWorld, jane: Account) -> None:
    await world.verify_email(world.mail.token(LetterKind.VERIFY_EMAIL))


async def _log_in(world: PeopleWorld, jane: Account) -> object:
    return await world.log_in(EMAIL, PASSWORD)


async def _open_browser_session(world: PeopleWorld, jane: Account) -> object:
    return await world.open_browser_session(EMAIL, PASSWORD)


async def _change_password(world: PeopleWorld, jane: Account) -> None:
    await world.change_password(jane.id, PASSWORD, NEW_PASSWORD, None)


async def _create_api_key(world: PeopleWorld, jane: Account) -> object:
    return await CreateApiKey(world.mail.units, world.clock)(jane.id, "a server", frozenset(), None)


async def _delete_account(world: PeopleWorld, jane: Account) -> None:
    await world.delete_account(jane.id, PASSWORD)


async def _left(world: PeopleWorld, jane: Account) -> dict[str, Any]:
    """What is there afterwards, as far as it may not be there twice."""
    return {
        "accounts": len(await world.list_accounts("", 10, None)),
        "sessions": len(await world.list_sessions(jane.id)),
        "credits": await world.credits(jane),
        "letters": world.mail.kinds(),
    }


@pytest.mark.parametrize(
    "verb",
    [_sign_up, _verify, _log_in, _open_browser_session, _change_password, _create_api_key, _delete_account],
)
async def test_a_verb_gets_through(verb: Verb, passwords: Argon2Passwords) -> None:
    left = []
    for number in itertools.count(1):
        units = Undoing(MemoryUnitsOfWork())
        world = PeopleWorld(units, passwords, SetClock())
        jane = await world.sign_up(EMAIL, PASSWORD)
        await world.log_in(EMAIL, PASSWORD)
        units.undo(number)
        await verb(world, jane)
        was_undone = units.undone
        units.undo(0)
        left.append(await _left(world, jane))
        if not was_undone:
            break
    *with_undone, without = left
    assert with_undone == [without] * len(with_undone)
    assert with_undone


async def test_the_secret_of_a_session_is_traded_although_the_trade_was_undone(
    passwords: Argon2Passwords,
) -> None:
    units = Undoing(MemoryUnitsOfWork())
    world = PeopleWorld(units, passwords, SetClock())
    await world.sign_up(EMAIL, PASSWORD)
    first = await world.log_in(EMAIL, PASSWORD)
    units.undo(1)
    second = await world.refresh(first.refresh)
    assert units.undone
    assert (await world.refresh(second.refresh)).refresh != second.refresh
