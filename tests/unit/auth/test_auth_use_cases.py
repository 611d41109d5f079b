from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from atelierkit.errors import NotFound, Unauthenticated
from services.auth.domain.errors import (
    EmailTaken,
    InvalidCredentials,
    InvalidRefreshToken,
    ReusedRefreshToken,
    TooManyAttempts,
    WeakPassword,
)
from services.auth.domain.model import Role, email_key, secret_digest
from tests.unit.auth.world import ACCESS_LIFE, EMAIL, PASSWORD, SESSION_LIFE, World, cheap_passwords, verifier


async def stored_hash(world: World) -> str:
    async with world.units() as unit:
        account = await unit.accounts.by_email(email_key(EMAIL))
    assert account is not None
    return account.password_hash


async def fail(world: World, times: int, email: str = EMAIL) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            await world.log_in(email, "not the password")


async def test_an_account_keeps_the_address_as_written_and_no_password(world: World) -> None:
    account = await world.sign_up(EMAIL, PASSWORD)
    assert (account.email, account.role, account.created_at) == (EMAIL, Role.USER, world.clock.now)
    assert account.password_hash.startswith("$argon2id$")
    assert PASSWORD not in account.password_hash
    assert await world.get_account(account.id) == account


async def test_an_address_is_taken_in_any_case(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    with pytest.raises(EmailTaken) as refused:
        await world.sign_up(EMAIL.upper(), "another password 41")
    assert EMAIL.casefold() not in f"{refused.value.message} {refused.value.metadata}".casefold()


@pytest.mark.attack("A13")
async def test_a_weak_password_makes_no_account(world: World) -> None:
    with pytest.raises(WeakPassword):
        await world.sign_up(EMAIL, "password1")
    await world.sign_up(EMAIL, PASSWORD)


async def test_logging_in_gives_a_token_that_proves_the_account(world: World) -> None:
    account = await world.sign_up(EMAIL, PASSWORD)
    pair = await world.log_in(EMAIL.lower(), PASSWORD)
    caller = await verifier(world.tokens, world.clock).verify(pair.access.value)
    assert (UUID(caller.subject), *caller.roles) == (account.id, "user")
    assert pair.access.life == ACCESS_LIFE


@pytest.mark.attack("A12")
@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, PASSWORD + " "),
        (EMAIL, PASSWORD.upper()),
        (EMAIL, ""),
        ("nobody@example.org", PASSWORD),
        ("nul\0byte", PASSWORD),
    ],
)
async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    world: World, email: str, password: str
) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    for verb in (world.log_in, world.open_browser_session):
        with pytest.raises(InvalidCredentials) as refused:
            await verb(email, password)
        assert refused.value.message == "the e-mail or the password is not right"
        assert not refused.value.metadata


@pytest.mark.attack("A11", "A12")
@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
async def test_ten_wrong_passwords_close_an_address_whether_it_has_an_account_or_not(
    world: World, email: str
) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    await fail(world, 1, email)
    world.clock.advance(minutes=5)
    await fail(world, 9, email.upper())
    for password in ("not the password", PASSWORD):
        for verb in (world.log_in, world.open_browser_session):
            with pytest.raises(TooManyAttempts) as refused:
                await verb(email, password)
            assert refused.value.retry_after_s == 600
    world.clock.advance(minutes=10)
    await fail(world, 1, email)
    with pytest.raises(TooManyAttempts) as refused:
        await world.log_in(email, PASSWORD)
    assert refused.value.retry_after_s == 300


@pytest.mark.attack("A11")
async def test_a_closed_address_closes_no_other_and_no_open_session(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    await world.sign_up("other@example.org", PASSWORD)
    pair = await world.log_in(EMAIL, PASSWORD)
    await fail(world, 10)
    await world.log_in("other@example.org", PASSWORD)
    await world.refresh(pair.refresh)


async def test_the_right_password_forgives_the_wrong_ones(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    for _ in range(3):
        await fail(world, 9)
        await world.log_in(EMAIL, PASSWORD)


@pytest.mark.attack("A11")
async def test_a_right_password_that_was_hashed_beside_ten_wrong_ones_is_refused(world: World) -> None:
    """The address closes while the hash is being computed."""
    await world.sign_up(EMAIL, PASSWORD)
    check = world.log_in.check_password
    hashing = check.passwords

    class Slow:
        async def matches(self, password_hash: str | None, password: str) -> bool:
            await fail(world, 10)
            return await hashing.matches(password_hash, password)

        def is_outdated(self, password_hash: str) -> bool:
            return hashing.is_outdated(password_hash)

        async def hash(self, password: str) -> str:
            return await hashing.hash(password)

    slow = type(check)(world.units, Slow(), world.clock)
    with pytest.raises(TooManyAttempts):
        await slow(EMAIL, PASSWORD)


@pytest.mark.attack("A15")
async def test_an_old_hash_grows_at_log_in(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    before = await stored_hash(world)
    await world.log_in(EMAIL, PASSWORD)
    assert await stored_hash(world) == before
    with cheap_passwords(memory_kib=16) as grown:
        later = World(world.units, grown, world.clock)
        await fail(later, 1)
        assert await stored_hash(world) == before
        await later.log_in(EMAIL, PASSWORD)
        assert "m=16,t=1,p=1" in await stored_hash(world)
        await later.log_in(EMAIL, PASSWORD)


@pytest.mark.attack("A10")
async def test_a_refresh_token_works_once_and_its_reuse_closes_the_session(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    first = await world.log_in(EMAIL, PASSWORD)
    beside = await world.log_in(EMAIL, PASSWORD)
    second = await world.refresh(first.refresh)
    third = await world.refresh(second.refresh)
    assert len({first.refresh, second.refresh, third.refresh}) == 3
    with pytest.raises(ReusedRefreshToken):
        await world.refresh(first.refresh)
    for token in (first.refresh, second.refresh, third.refresh):
        with pytest.raises(InvalidRefreshToken) as refused:
            await world.refresh(token)
        assert type(refused.value) is InvalidRefreshToken
    await world.refresh(beside.refresh)


async def test_refreshing_does_not_lengthen_a_session(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    pair = await world.log_in(EMAIL, PASSWORD)
    world.clock.advance(days=29)
    pair = await world.refresh(pair.refresh)
    world.clock.now += SESSION_LIFE - timedelta(days=29, microseconds=1)
    pair = await world.refresh(pair.refresh)
    world.clock.advance(microseconds=1)
    with pytest.raises(InvalidRefreshToken):
        await world.refresh(pair.refresh)


async def test_logging_in_sweeps_out_the_accounts_expired_sessions(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    expired = await world.log_in(EMAIL, PASSWORD)
    browser = await world.open_browser_session(EMAIL, PASSWORD)
    world.clock.now += SESSION_LIFE
    fresh = await world.log_in(EMAIL, PASSWORD)
    async with world.units() as unit:
        assert await unit.sessions.locked(secret_digest(expired.refresh)) is None
        assert await unit.sessions.locked(secret_digest(browser.secret)) is None
        assert await unit.sessions.locked(secret_digest(fresh.refresh)) is not None


@pytest.mark.attack("A10")
@pytest.mark.parametrize("spent", [True, False])
async def test_logging_out_closes_the_session_whichever_token_is_shown(world: World, spent: bool) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    first = await world.log_in(EMAIL, PASSWORD)
    second = await world.refresh(first.refresh)
    await world.log_out(first.refresh if spent else second.refresh)
    await world.log_out(second.refresh)
    with pytest.raises(InvalidRefreshToken):
        await world.refresh(second.refresh)


async def test_logging_out_of_no_session_says_nothing(world: World) -> None:
    await world.log_out("no such secret")


async def test_a_browsers_secret_gives_access_tokens_until_it_is_closed(world: World) -> None:
    account = await world.sign_up(EMAIL, PASSWORD)
    session = await world.open_browser_session(EMAIL, PASSWORD)
    assert session.life == SESSION_LIFE
    for _ in range(2):
        token = await world.exchange(session.secret)
        caller = await verifier(world.tokens, world.clock).verify(token.value)
        assert UUID(caller.subject) == account.id
    await world.log_out(session.secret)
    with pytest.raises(Unauthenticated):
        await world.exchange(session.secret)


async def test_a_browsers_secret_expires(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    session = await world.open_browser_session(EMAIL, PASSWORD)
    world.clock.now += SESSION_LIFE - timedelta(microseconds=1)
    await world.exchange(session.secret)
    world.clock.advance(microseconds=1)
    with pytest.raises(Unauthenticated):
        await world.exchange(session.secret)


@pytest.mark.attack("A08")
async def test_neither_secret_does_the_others_work(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    pair = await world.log_in(EMAIL, PASSWORD)
    session = await world.open_browser_session(EMAIL, PASSWORD)
    with pytest.raises(InvalidRefreshToken):
        await world.refresh(session.secret)
    with pytest.raises(Unauthenticated):
        await world.exchange(pair.refresh)
    with pytest.raises(Unauthenticated):
        await world.exchange("no such secret")
    await world.refresh(pair.refresh)
    await world.exchange(session.secret)


@pytest.mark.attack("A10")
async def test_an_account_that_is_gone_is_nobody(world: World) -> None:
    with pytest.raises(Unauthenticated):
        await world.get_account(uuid4())


async def test_an_administrators_next_token_says_so(world: World) -> None:
    await world.sign_up(EMAIL, PASSWORD)
    pair = await world.log_in(EMAIL, PASSWORD)
    await world.grant_admin(EMAIL.upper())
    refreshed = await world.refresh(pair.refresh)
    verify = verifier(world.tokens, world.clock).verify
    assert (await verify(pair.access.value)).roles == {"user"}
    assert (await verify(refreshed.access.value)).roles == {"admin"}
    with pytest.raises(NotFound):
        await world.grant_admin("nobody@example.org")
