"""Sessions, profiles, administrators, export and deletion: on every storage of auth alike."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from joserfc import jwk, jwt

from atelierkit.errors import InvalidInput, NotFound, Unauthenticated
from services.auth.adapters.passwords import Argon2Passwords
from services.auth.domain.errors import (
    AccountDisabled,
    InvalidCredentials,
    InvalidLink,
    InvalidRefreshToken,
    LastAdmin,
    WrongPassword,
)
from services.auth.domain.letters import LetterKind
from services.auth.domain.model import Account, Role
from services.auth.domain.people import Language, Tier
from tests.unit.auth.people_world import NEW_PASSWORD, PeopleWorld
from tests.unit.auth.world import EMAIL, PASSWORD, SIGNING_KEY, SetClock, verifier


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, passwords: Argon2Passwords, clock: SetClock) -> PeopleWorld:
    return PeopleWorld(request.getfixturevalue(f"{request.param}_units"), passwords, clock)


async def test_sessions_are_seen_and_ended(world: PeopleWorld) -> None:
    account = await world.jane()
    phone = await world.log_in(EMAIL, PASSWORD, "Phone " + "x" * 300)
    world.clock.advance(minutes=5)
    laptop = await world.log_in(EMAIL, PASSWORD, "Laptop")
    world.clock.advance(minutes=5)
    browser = await world.open_browser_session(EMAIL, PASSWORD, "Browser")
    world.clock.advance(minutes=5)
    laptop = await world.refresh(laptop.refresh)
    seen = await world.list_sessions(account.id)
    assert [one.device for one in seen] == ["Laptop", "Browser", ("Phone " + "x" * 300)[:200]]
    assert seen[0].used_at == world.clock.now

    await world.end_session(account.id, seen[2].id)
    with pytest.raises(InvalidRefreshToken):
        await world.refresh(phone.refresh)
    with pytest.raises(NotFound):
        await world.end_session(account.id, seen[2].id)
    with pytest.raises(NotFound):
        await world.end_session(uuid4(), seen[0].id)

    await world.end_other_sessions(account.id, seen[0].id)
    with pytest.raises(Unauthenticated):
        await world.exchange(browser.secret)
    await world.refresh(laptop.refresh)
    assert [one.id for one in await world.list_sessions(account.id)] == [seen[0].id]
    world.clock.advance(days=30)
    assert await world.list_sessions(account.id) == []


async def test_a_profile_changes_by_what_is_given_alone(world: PeopleWorld) -> None:
    account = await world.jane()
    named = await world.update_profile(account.id, display_name="Jane ✂", language=None, job_letters=None)
    assert (named.display_name, named.language, named.job_letters) == ("Jane ✂", Language.ENGLISH, True)
    french = await world.update_profile(
        account.id, display_name=None, language=Language.FRENCH, job_letters=False
    )
    assert french == await world.show_account(account.id)
    assert (french.display_name, french.language, french.job_letters) == ("Jane ✂", Language.FRENCH, False)
    blank = await world.update_profile(account.id, display_name="", language=None, job_letters=None)
    assert (await world.show_account(account.id)).display_name == blank.display_name == ""


async def test_of_changes_at_once_none_is_lost(world: PeopleWorld) -> None:
    account = await world.jane()
    turns = ((Language.FRENCH, Tier.PRO), (Language.ENGLISH, Tier.FREE)) * 3
    for n, (language, tier) in enumerate(turns):
        await asyncio.gather(
            world.update_profile(account.id, display_name=f"Jane {n}", language=None, job_letters=None),
            world.update_profile(account.id, display_name=None, language=language, job_letters=None),
            world.change_account(account.id, role=None, tier=tier, disabled=None),
        )
        now = await world.show_account(account.id)
        assert (now.display_name, now.language, now.tier) == (f"Jane {n}", language, tier)


@pytest.mark.attack("A10")
async def test_a_closed_account_is_out_at_once(world: PeopleWorld) -> None:
    account = await world.jane()
    pair = await world.log_in(EMAIL, PASSWORD)
    browser = await world.open_browser_session(EMAIL, PASSWORD)
    await world.ask_for_reset()
    closed = await world.change_account(account.id, role=None, tier=None, disabled=True)
    assert closed.disabled_at == world.clock.now
    with pytest.raises(InvalidRefreshToken):
        await world.refresh(pair.refresh)
    with pytest.raises(Unauthenticated):
        await world.exchange(browser.secret)
    with pytest.raises(Unauthenticated):
        await world.get_account(account.id)
    with pytest.raises(AccountDisabled):
        await world.log_in(EMAIL, PASSWORD)
    with pytest.raises(InvalidCredentials):  # told to whoever knows the password alone
        await world.log_in(EMAIL, "not the password")
    with pytest.raises(InvalidLink):
        await world.reset_password(world.mail.token(LetterKind.RESET_PASSWORD), NEW_PASSWORD)
    with pytest.raises(AccountDisabled):
        await world.issue_token_for(account.id)
    world.clock.advance(hours=1)
    again = await world.change_account(account.id, role=None, tier=None, disabled=True)
    assert again.disabled_at == closed.disabled_at
    await world.change_account(account.id, role=None, tier=None, disabled=False)
    with pytest.raises(InvalidRefreshToken):
        await world.refresh(pair.refresh)
    await world.log_in(EMAIL, PASSWORD)


async def test_role_and_tier_are_in_the_next_token(world: PeopleWorld) -> None:
    account = await world.jane()
    await world.change_account(account.id, role=Role.ADMIN, tier=Tier.PRO, disabled=None)
    pair = await world.log_in(EMAIL, PASSWORD)
    caller = await verifier(world.tokens, world.clock).verify(pair.access.value)
    assert (caller.tier, caller.roles) == ("pro", frozenset({"admin"}))
    changed = await world.change_account(account.id, role=None, tier=Tier.UNLIMITED, disabled=None)
    assert (changed.role, changed.tier) == (Role.ADMIN, Tier.UNLIMITED)
    with pytest.raises(NotFound):
        await world.change_account(uuid4(), role=None, tier=None, disabled=None)


async def test_somebody_can_always_administer_the_platform(world: PeopleWorld) -> None:
    account = await world.jane()
    await world.grant_admin(EMAIL)
    other = await world.sign_up("other@example.org", PASSWORD)
    for role, disabled in ((Role.USER, None), (None, True)):
        with pytest.raises(LastAdmin):
            await world.change_account(account.id, role=role, tier=None, disabled=disabled)
    with pytest.raises(LastAdmin):
        await world.delete_account(account.id, PASSWORD)
    await world.change_account(other.id, role=Role.ADMIN, tier=None, disabled=None)
    await world.change_account(other.id, role=None, tier=None, disabled=True)
    with pytest.raises(LastAdmin):  # one who is shut out does not count
        await world.change_account(account.id, role=Role.USER, tier=None, disabled=None)
    await world.change_account(other.id, role=None, tier=None, disabled=False)
    await world.change_account(account.id, role=Role.USER, tier=None, disabled=None)


async def test_of_many_administrators_who_leave_at_once_one_stays(world: PeopleWorld) -> None:
    ids = [(await world.sign_up(f"{n}@example.org", PASSWORD)).id for n in range(4)]

    async def given(role: Role) -> list[str]:
        ended = await asyncio.gather(
            *(world.change_account(id, role=role, tier=None, disabled=None) for id in ids),
            return_exceptions=True,
        )
        return sorted(type(one).__name__ for one in ended)

    for _ in range(6):
        assert await given(Role.ADMIN) == ["Account"] * 4
        assert await given(Role.USER) == ["Account"] * 3 + ["LastAdmin"]


async def test_administrators_find_accounts_page_by_page(world: PeopleWorld) -> None:
    made = []
    for n in range(5):
        made.append(await world.sign_up(f"Person.{n}@Example.org", PASSWORD))
        world.clock.advance(minutes=n % 2)  # some are of the same moment
    newest_first = sorted(made, key=lambda one: (one.created_at, one.id), reverse=True)
    seen: list[Account] = []
    after = None
    while True:
        page, after = await world.list_accounts("person.", 2, after)
        seen += page
        if after is None:
            break
    assert [one.id for one in seen] == [one.id for one in newest_first]
    for part, found in (("PERSON.3@", 1), ("%", 0), ("_", 0), ("nobody", 0), ("", 5)):
        page, _ = await world.list_accounts(part, 10, None)
        assert len(page) == found


async def test_a_service_acts_for_a_person_and_for_nobody_more(world: PeopleWorld) -> None:
    account = await world.jane()
    await world.grant_admin(EMAIL)
    token = await world.issue_token_for(account.id)
    assert token.life == timedelta(minutes=5)
    claims = jwt.decode(token.value, jwk.ECKey.import_key(SIGNING_KEY), algorithms=["ES256"]).claims
    assert (claims["sub"], claims["act"], claims["roles"]) == (
        str(account.id),
        {"sub": "generator"},
        ["user"],
    )
    caller = await verifier(world.tokens, world.clock).verify(token.value)
    assert (caller.subject, caller.session, caller.tier) == (str(account.id), None, "free")
    with pytest.raises(NotFound):
        await world.issue_token_for(uuid4())


async def test_an_export_goes_through_every_section_once(world: PeopleWorld) -> None:
    account = await world.jane()
    await world.log_in(EMAIL, PASSWORD, "Laptop")
    await world.update_profile(account.id, display_name="Jane", language=None, job_letters=None)
    for n in range(250):
        async with world.units() as unit:
            await unit.ledger.grant(account.id, 1, "test", f"grant {n}")
    other = await world.sign_up("other@example.org", PASSWORD)
    sections: dict[str, list[object]] = {}
    token, order = "", []
    while True:
        name, part = await world.export_person(account.id, token)
        sections.setdefault(name, []).extend(part.records)
        order.append(name)
        token = part.next
        if not token:
            break
    assert list(dict.fromkeys(order)) == sorted(set(order), key=order.index)
    assert sections["account"][0] == {
        "id": str(account.id),
        "email": EMAIL,
        "displayName": "Jane",
        "language": "en",
        "jobLetters": True,
        "role": "user",
        "tier": "free",
        "createdAt": account.created_at.isoformat(),
        "emailVerifiedAt": world.clock.now.isoformat(),
        "passwordSetAt": None,
    }
    assert len(sections["credits"]) == 251
    assert len(sections["sessions"]) == 1
    assert str(other.id) not in str(sections)
    assert "other@example.org" not in str(sections)
    for bad in ("nothing:", "credits:x", "credits:-1", ":"):
        with pytest.raises(InvalidInput):
            await world.export_person(account.id, bad)


async def test_a_deleted_person_is_remembered_until_everybody_has_forgotten(world: PeopleWorld) -> None:
    account = await world.jane()
    pair = await world.log_in(EMAIL, PASSWORD)
    other = await world.sign_up("other@example.org", PASSWORD)
    with pytest.raises(WrongPassword):
        await world.delete_account(account.id, "not the password")
    assert await world.list_deletions() == []
    await world.delete_account(account.id, PASSWORD)
    assert world.mail.kinds()[-1] is LetterKind.ACCOUNT_DELETED
    with pytest.raises(InvalidRefreshToken):
        await world.refresh(pair.refresh)
    with pytest.raises(InvalidCredentials):
        await world.log_in(EMAIL, PASSWORD)
    with pytest.raises(Unauthenticated):
        await world.delete_account(account.id, PASSWORD)
    with pytest.raises(NotFound):
        await world.issue_token_for(account.id)
    assert await world.list_deletions() == [account.id]
    # An access token from just before may still bring the generator something new.
    world.clock.advance(minutes=16)
    assert await world.confirm_deletion(account.id) is False
    assert await world.list_deletions() == [account.id]
    world.clock.advance(seconds=1)
    assert await world.confirm_deletion(account.id) is True
    assert await world.list_deletions() == []
    assert await world.confirm_deletion(account.id) is True
    assert (await world.show_account(other.id)).email == other.email
    await world.sign_up(EMAIL, PASSWORD)
