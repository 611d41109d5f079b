"""Nobody learns from an answer who has an account: not by signing up, not by logging in, not by asking for a reset."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit.errors import NotFound
from services.auth.adapters.passwords import Argon2Passwords
from services.auth.domain.errors import InvalidCredentials, WeakPassword
from services.auth.domain.letters import LetterKind
from services.auth.domain.people import Language
from services.auth.domain.ports import UnitsOfWork
from tests.unit.auth.people_world import NEW_PASSWORD, PeopleWorld
from tests.unit.auth.world import EMAIL, PASSWORD, SetClock

FREE = "free@example.org"


@dataclass
class Counted:
    """Real hashing that says what it was asked for: nothing else of a request takes as long."""

    passwords: Argon2Passwords
    asked: list[str] = field(default_factory=list)

    async def hash(self, password: str) -> str:
        self.asked.append("hash")
        return await self.passwords.hash(password)

    async def matches(self, password_hash: str | None, password: str) -> bool:
        self.asked.append("matches")
        return await self.passwords.matches(password_hash, password)

    def is_outdated(self, password_hash: str) -> bool:
        return self.passwords.is_outdated(password_hash)

    def taken(self) -> list[str]:
        """What was asked for since the last look."""
        asked, self.asked = self.asked, []
        return asked


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, passwords: Argon2Passwords, clock: SetClock) -> PeopleWorld:
    return PeopleWorld(request.getfixturevalue(f"{request.param}_units"), passwords, clock)


@pytest.mark.attack("A12")
async def test_a_taken_address_answers_as_a_free_one_and_its_owner_gets_a_letter(world: PeopleWorld) -> None:
    owner = await world.jane()
    world.clock.advance(minutes=1)
    told = await world.sign_up(EMAIL.upper(), NEW_PASSWORD, Language.FRENCH)
    free = await world.sign_up(FREE, NEW_PASSWORD, Language.FRENCH)
    assert replace(told, id=free.id, email=FREE, password_hash=free.password_hash) == free
    assert told.email == EMAIL.upper()
    with pytest.raises(NotFound):
        await world.show_account(told.id)
    assert await world.show_account(owner.id) == owner
    with pytest.raises(InvalidCredentials):
        await world.log_in(EMAIL, NEW_PASSWORD)
    await world.log_in(EMAIL, PASSWORD)
    letter = world.mail.letters[-2]
    assert (letter.kind, letter.address, letter.language, letter.account_id) == (
        LetterKind.ADDRESS_TAKEN,
        EMAIL,
        "en",
        owner.id,
    )
    await world.reset_password(letter.values["token"], NEW_PASSWORD)
    await world.log_in(EMAIL, NEW_PASSWORD)


async def test_whoever_tries_again_and_again_floods_nobody(world: PeopleWorld) -> None:
    await world.jane()
    for seconds, letters in ((0, 2), (59, 2), (1, 3)):
        world.clock.advance(seconds=seconds)
        await world.sign_up(EMAIL, NEW_PASSWORD)
        assert len(world.mail.letters) == letters
    assert set(world.mail.kinds()[1:]) == {LetterKind.ADDRESS_TAKEN}


async def test_the_owner_of_a_closed_account_gets_none(world: PeopleWorld) -> None:
    account = await world.jane()
    async with world.units() as unit:
        await unit.accounts.change(replace(account, disabled_at=world.clock.now))
    await world.sign_up(EMAIL, NEW_PASSWORD)
    assert world.mail.kinds() == [LetterKind.VERIFY_EMAIL]


@pytest.mark.attack("A12")
async def test_known_and_unknown_cost_the_same_hashes(world: PeopleWorld) -> None:
    await world.jane()
    counted = Counted(world.passwords)
    check_password = replace(world.log_in.check_password, passwords=counted)
    sign_up, log_in = (
        replace(world.sign_up, passwords=counted),
        replace(world.log_in, check_password=check_password),
    )
    for email in (EMAIL, FREE):
        await sign_up(email, NEW_PASSWORD)
        assert counted.taken() == ["hash"]
        with pytest.raises(WeakPassword):
            await sign_up(email, "password1")
        assert counted.taken() == []
    for email in (EMAIL, "nobody@example.org"):
        with pytest.raises(InvalidCredentials):
            await log_in(email, "not the password")
        assert counted.taken() == ["matches"]
        await world.forgot_password(email)
        assert counted.taken() == []


@pytest.mark.attack("A12")
@pytest.mark.postgres
async def test_a_taken_address_writes_what_a_free_one_does(
    postgres_units: UnitsOfWork, passwords: Argon2Passwords, clock: SetClock, engine: AsyncEngine
) -> None:
    world = PeopleWorld(postgres_units, passwords, clock)
    await world.jane()
    statements: list[str] = []
    sa.event.listen(
        engine.sync_engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: statements.append(" ".join(statement.split()[:3])),
    )
    await world.sign_up(FREE, NEW_PASSWORD)
    free = statements.copy()
    statements.clear()
    await world.sign_up(EMAIL, NEW_PASSWORD)
    looked_up = [statement for statement in statements if statement.startswith("SELECT accounts.id,")]
    assert len(looked_up) == 2
    assert [statement for statement in statements if statement not in looked_up] == free != []
