"""Addresses verified, passwords set anew and changed: on every storage of auth alike."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit.errors import Unauthenticated
from services.auth.adapters.passwords import Argon2Passwords
from services.auth.domain.errors import (
    InvalidCredentials,
    InvalidLink,
    InvalidRefreshToken,
    TooManyAttempts,
    WeakPassword,
    WrongPassword,
)
from services.auth.domain.letters import LetterKind
from services.auth.domain.people import Language
from services.auth.domain.ports import UnitsOfWork
from tests.unit.auth.people_world import NEW_PASSWORD, PeopleWorld
from tests.unit.auth.world import EMAIL, PASSWORD, SetClock, verifier


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, passwords: Argon2Passwords, clock: SetClock) -> PeopleWorld:
    return PeopleWorld(request.getfixturevalue(f"{request.param}_units"), passwords, clock)


async def session_of(world: PeopleWorld, access_token: str) -> UUID:
    caller = await verifier(world.tokens, world.clock).verify(access_token)
    assert caller.session is not None
    return UUID(caller.session)


@pytest.mark.attack("A48")
async def test_there_are_no_credits_before_the_address_is_verified(world: PeopleWorld) -> None:
    account = await world.sign_up(EMAIL, PASSWORD, Language.FRENCH)
    assert (account.email_verified_at, await world.credits(account)) == (None, 0)
    [letter] = world.mail.letters
    assert (letter.kind, letter.address, letter.language, letter.account_id) == (
        LetterKind.VERIFY_EMAIL,
        EMAIL,
        "fr",
        account.id,
    )
    token = letter.values["token"]
    world.clock.advance(hours=23)
    await world.verify_email(token)
    assert (await world.show_account(account.id)).email_verified_at == world.clock.now
    assert await world.credits(account) == 100
    with pytest.raises(InvalidLink):
        await world.verify_email(token)
    assert await world.credits(account) == 100


async def test_without_letters_an_address_counts_as_verified_at_once(world: PeopleWorld) -> None:
    silent = PeopleWorld(world.units, world.passwords, world.clock, letters_are_sent=False)
    account = await silent.sign_up(EMAIL, PASSWORD)
    assert account == await silent.show_account(account.id)
    assert account.email_verified_at == silent.clock.now
    assert await silent.credits(account) == 100
    await silent.forgot_password(EMAIL)
    assert silent.mail.letters == []


@pytest.mark.attack("A08")
async def test_a_link_works_once_for_its_purpose_in_its_time_and_only_the_newest(world: PeopleWorld) -> None:
    account = await world.sign_up(EMAIL, PASSWORD)
    first = world.mail.token(LetterKind.VERIFY_EMAIL)
    with pytest.raises(InvalidLink):
        await world.reset_password(first, NEW_PASSWORD)
    world.clock.advance(seconds=59)
    await world.resend_verification(account.id)
    assert len(world.mail.letters) == 1  # nobody's mailbox is flooded
    world.clock.advance(seconds=1)
    await world.resend_verification(account.id)
    second = world.mail.token(LetterKind.VERIFY_EMAIL)
    for token in (first, "unknown", ""):
        with pytest.raises(InvalidLink):
            await world.verify_email(token)
    world.clock.advance(hours=24)
    with pytest.raises(InvalidLink):
        await world.verify_email(second)
    await world.resend_verification(account.id)
    await world.verify_email(world.mail.token(LetterKind.VERIFY_EMAIL))
    world.clock.advance(hours=1)
    before = len(world.mail.letters)
    await world.resend_verification(account.id)
    assert len(world.mail.letters) == before  # verified: there is nothing to write


async def test_a_link_shown_twice_at_once_opens_once(world: PeopleWorld) -> None:
    account = await world.sign_up(EMAIL, PASSWORD)
    token = world.mail.token(LetterKind.VERIFY_EMAIL)
    ended = await asyncio.gather(*(world.verify_email(token) for _ in range(5)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["InvalidLink"] * 4 + ["NoneType"]
    assert await world.credits(account) == 100


@pytest.mark.attack("A10")
async def test_a_forgotten_password_is_set_anew_and_every_session_ends(world: PeopleWorld) -> None:
    account = await world.jane()
    pair = await world.log_in(EMAIL, PASSWORD)
    browser = await world.open_browser_session(EMAIL, PASSWORD)
    world.clock.advance(minutes=1)
    await world.ask_for_reset(EMAIL.upper())
    token = world.mail.token(LetterKind.RESET_PASSWORD)
    with pytest.raises(WeakPassword):
        await world.reset_password(token, "password1")
    await world.reset_password(token, NEW_PASSWORD)
    assert world.mail.kinds()[-1] is LetterKind.PASSWORD_CHANGED
    with pytest.raises(InvalidRefreshToken):
        await world.refresh(pair.refresh)
    with pytest.raises(Unauthenticated):
        await world.exchange(browser.secret)
    with pytest.raises(InvalidCredentials):
        await world.log_in(EMAIL, PASSWORD)
    await world.log_in(EMAIL, NEW_PASSWORD)
    with pytest.raises(InvalidLink):
        await world.reset_password(token, PASSWORD)
    assert await world.credits(account) == 100
    assert (await world.show_account(account.id)).email_verified_at == account.email_verified_at


async def test_a_reset_link_dies_after_an_hour(world: PeopleWorld) -> None:
    await world.jane()
    await world.ask_for_reset()
    world.clock.advance(hours=1)
    with pytest.raises(InvalidLink):
        await world.reset_password(world.mail.token(LetterKind.RESET_PASSWORD), NEW_PASSWORD)
    await world.log_in(EMAIL, PASSWORD)


async def test_a_reset_opens_an_address_that_wrong_passwords_had_closed(world: PeopleWorld) -> None:
    account = await world.sign_up(EMAIL, PASSWORD)
    for _ in range(10):
        with pytest.raises(InvalidCredentials):
            await world.log_in(EMAIL, "not the password")
    await world.ask_for_reset()
    await world.reset_password(world.mail.token(LetterKind.RESET_PASSWORD), NEW_PASSWORD)
    await world.log_in(EMAIL, NEW_PASSWORD)
    # Whoever reads the letter reads the address's mail.
    assert (await world.show_account(account.id)).email_verified_at == world.clock.now


@pytest.mark.attack("A12")
async def test_nobody_gets_a_letter_at_an_unknown_address(world: PeopleWorld) -> None:
    await world.jane()
    before = len(world.mail.letters)
    await world.ask_for_reset("nobody@example.org")
    assert len(world.mail.letters) == before


@pytest.mark.attack("A12")
@pytest.mark.postgres
async def test_known_and_unknown_addresses_are_the_same_work(
    postgres_units: UnitsOfWork, passwords: Argon2Passwords, clock: SetClock, engine: AsyncEngine
) -> None:
    world = PeopleWorld(postgres_units, passwords, clock)
    await world.jane()
    statements: list[str] = []
    sa.event.listen(
        engine.sync_engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: statements.append(statement),
    )
    await world.forgot_password("nobody@example.org")
    unknown = statements.copy()
    statements.clear()
    await world.forgot_password(EMAIL)
    assert statements == unknown != []


@pytest.mark.attack("A10")
async def test_a_changed_password_ends_all_other_sessions(world: PeopleWorld) -> None:
    account = await world.jane()
    here, there = await world.log_in(EMAIL, PASSWORD), await world.log_in(EMAIL, PASSWORD)
    own = await session_of(world, here.access.value)
    with pytest.raises(WrongPassword):
        await world.change_password(account.id, "not the password", NEW_PASSWORD, own)
    with pytest.raises(WeakPassword):
        await world.change_password(account.id, PASSWORD, "password1", own)
    await world.change_password(account.id, PASSWORD, NEW_PASSWORD, own)
    assert world.mail.kinds()[-1] is LetterKind.PASSWORD_CHANGED
    await world.refresh(here.refresh)
    with pytest.raises(InvalidRefreshToken):
        await world.refresh(there.refresh)
    with pytest.raises(InvalidCredentials):
        await world.log_in(EMAIL, PASSWORD)


@pytest.mark.attack("A11")
async def test_the_password_cannot_be_guessed_by_changing_it(world: PeopleWorld) -> None:
    account = await world.jane()
    for _ in range(10):
        with pytest.raises(WrongPassword):
            await world.change_password(account.id, "not the password", NEW_PASSWORD, None)
    with pytest.raises(TooManyAttempts):
        await world.change_password(account.id, PASSWORD, NEW_PASSWORD, None)
    with pytest.raises(TooManyAttempts):
        await world.delete_account(account.id, PASSWORD)


@pytest.mark.attack("A10")
async def test_a_log_in_beside_a_change_of_password_leaves_no_session(world: PeopleWorld) -> None:
    account = await world.jane()
    async with world.units() as unit:
        checked = await unit.accounts.get(account.id)
        assert checked is not None
    world.clock.advance(seconds=1)

    async def checked_before(email: str, password: str) -> object:
        await world.change_password(account.id, PASSWORD, NEW_PASSWORD, None)
        return checked

    world.log_in = type(world.log_in)(
        checked_before,  # type: ignore[arg-type]
        world.units,
        world.tokens,
        world.clock,
        timedelta(days=1),
    )
    with pytest.raises(InvalidCredentials):
        await world.log_in(EMAIL, PASSWORD)
    assert await world.list_sessions(account.id) == []
