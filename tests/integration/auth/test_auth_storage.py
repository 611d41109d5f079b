"""What every storage of auth does, in memory and in PostgreSQL alike."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import pytest

from services.auth.domain.errors import (
    EmailTaken,
    InvalidCredentials,
    InvalidRefreshToken,
    ReusedRefreshToken,
    TooManyAttempts,
)
from services.auth.domain.model import (
    Account,
    Failures,
    Presented,
    Role,
    Session,
    SessionKind,
    email_key,
    secret_digest,
)
from tests.unit.auth.world import EMAIL, PASSWORD, SESSION_LIFE, World

KEY = email_key(EMAIL)
FIRST, SECOND = secret_digest("first"), secret_digest("second")


async def stored(world: World) -> Account:
    account = Account.new(EMAIL, "a hash", world.clock.now)
    async with world.units() as unit:
        await unit.accounts.add(account)
    return account


async def opened(world: World, account: Account, digest: bytes = FIRST) -> Session:
    session = Session.new(account, SessionKind.TOKENS, world.clock.now, SESSION_LIFE)
    async with world.units() as unit:
        await unit.sessions.add(session, digest)
    return session


async def shown(world: World, digest: bytes) -> Presented | None:
    async with world.units() as unit:
        return await unit.sessions.locked(digest)


async def test_accounts_are_found_by_id_and_by_address(world: World) -> None:
    account = await stored(world)
    other = Account.new("other@example.org", "a hash", world.clock.now)
    async with world.units() as unit:
        await unit.accounts.add(other)
        assert await unit.accounts.get(account.id) == account
        assert await unit.accounts.by_email(email_key(EMAIL.upper())) == account
        assert await unit.accounts.by_email(email_key("nobody@example.org")) is None


async def test_an_accounts_hash_and_role_change_alone(world: World) -> None:
    account = await stored(world)
    other = Account.new("other@example.org", "a hash", world.clock.now)
    async with world.units() as unit:
        await unit.accounts.add(other)
        await unit.accounts.set_password(account.id, "another hash", world.clock.now)
        await unit.accounts.change(replace(account, role=Role.ADMIN))
    async with world.units() as unit:
        changed = replace(
            account, password_hash="another hash", password_set_at=world.clock.now, role=Role.ADMIN
        )
        assert await unit.accounts.get(account.id) == changed
        assert await unit.accounts.get(other.id) == other


async def test_what_a_unit_of_work_wrote_before_it_raised_is_gone(world: World) -> None:
    account = Account.new(EMAIL, "a hash", world.clock.now)

    async def fail_after_writing() -> None:
        async with world.units() as unit:
            await unit.accounts.add(account)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_after_writing()
    async with world.units() as unit:
        assert await unit.accounts.get(account.id) is None


async def test_a_secret_leads_to_its_session_and_account(world: World) -> None:
    account = await stored(world)
    session = await opened(world, account)
    assert await shown(world, FIRST) == Presented(session, account, spent=False)
    assert await shown(world, SECOND) is None


async def test_rotation_spends_the_old_secret_of_that_session_alone(world: World) -> None:
    account = await stored(world)
    session = await opened(world, account)
    beside = await opened(world, account, secret_digest("beside"))
    world.clock.advance(hours=1)
    async with world.units() as unit:
        await unit.sessions.rotate(session, SECOND, world.clock.now)
    used = replace(session, used_at=world.clock.now)
    assert await shown(world, FIRST) == Presented(used, account, spent=True)
    assert await shown(world, SECOND) == Presented(used, account, spent=False)
    assert await shown(world, secret_digest("beside")) == Presented(beside, account, spent=False)


async def test_touching_notes_the_use_and_spends_nothing(world: World) -> None:
    account = await stored(world)
    session = await opened(world, account)
    world.clock.advance(hours=1)
    async with world.units() as unit:
        await unit.sessions.touch(session, world.clock.now)
    assert await shown(world, FIRST) == Presented(
        replace(session, used_at=world.clock.now), account, spent=False
    )


async def test_a_session_keeps_the_time_of_its_first_revocation(world: World) -> None:
    account = await stored(world)
    session = await opened(world, account)
    revoked_at = world.clock.now
    for _ in range(2):
        async with world.units() as unit:
            await unit.sessions.revoke(session, world.clock.now)
        world.clock.advance(hours=1)
    found = await shown(world, FIRST)
    assert found is not None
    assert found.session == replace(session, revoked_at=revoked_at)


async def test_expired_sessions_are_dropped_with_their_secrets(world: World) -> None:
    account = await stored(world)
    session = await opened(world, account)
    async with world.units() as unit:
        await unit.sessions.rotate(session, SECOND, world.clock.now)
    world.clock.advance(days=1)
    later = await opened(world, account, secret_digest("later"))
    async with world.units() as unit:
        await unit.sessions.drop_expired(account, session.expires_at)
    assert await shown(world, FIRST) is None
    assert await shown(world, SECOND) is None
    assert await shown(world, secret_digest("later")) == Presented(later, account, spent=False)


async def test_failures_are_kept_by_address(world: World) -> None:
    failures = Failures((world.clock.now,)).and_one(world.clock.now)
    async with world.units() as unit:
        assert await unit.failed_log_ins.locked(KEY) == Failures()
        await unit.failed_log_ins.save(KEY, Failures((world.clock.now,)))
        await unit.failed_log_ins.save(KEY, failures)
    async with world.units() as unit:
        assert await unit.failed_log_ins.get(KEY) == failures
        assert await unit.failed_log_ins.locked(KEY) == failures
        assert await unit.failed_log_ins.get(email_key("other@example.org")) == Failures()
        await unit.failed_log_ins.clear(KEY)
    async with world.units() as unit:
        assert await unit.failed_log_ins.get(KEY) == Failures()


async def outcomes(calls: list[Awaitable[Any]]) -> Counter[str]:
    """How many of the calls, made at once, ended in which way."""
    ended = await asyncio.gather(*calls, return_exceptions=True)
    return Counter(type(one).__name__ for one in ended)


async def test_of_many_who_sign_up_at_once_one_gets_the_address(world: World) -> None:
    counted = await outcomes([world.sign_up(EMAIL, PASSWORD) for _ in range(6)])
    assert counted == {"Account": 1, EmailTaken.__name__: 5}


@pytest.mark.attack("A11")
async def test_of_many_guesses_at_once_ten_are_answered(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    counted = await outcomes([world.log_in(EMAIL, "not the password") for _ in range(25)])
    assert counted == {InvalidCredentials.__name__: 10, TooManyAttempts.__name__: 15}


async def test_many_right_log_ins_at_once_all_succeed(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    counted = await outcomes([world.log_in(EMAIL, PASSWORD) for _ in range(15)])
    assert counted == {"TokenPair": 15}


@pytest.mark.attack("A10")
async def test_a_refresh_token_used_twice_at_once_closes_its_session(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    for _ in range(5):
        pair = await world.log_in(EMAIL, PASSWORD)
        ended = await asyncio.gather(*(world.refresh(pair.refresh) for _ in range(4)), return_exceptions=True)
        [renewed] = [one for one in ended if not isinstance(one, BaseException)]
        refused = Counter(type(one) for one in ended if isinstance(one, BaseException))
        assert refused == {ReusedRefreshToken: 1, InvalidRefreshToken: 2}
        with pytest.raises(InvalidRefreshToken):
            await world.refresh(renewed.refresh)
