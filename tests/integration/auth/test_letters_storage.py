"""Letters on their way, in memory and in PostgreSQL alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit.errors import Unavailable
from services.auth.adapters.tables.letters import letters
from services.auth.domain.letters import (
    KEPT_FOR,
    MAX_TRIES,
    Letter,
    LetterKind,
    LetterOutcome,
    LetterRefused,
    Posted,
)
from services.auth.domain.model import Account
from services.auth.domain.ports import UnitOfWork, UnitsOfWork
from services.auth.use_cases.letters import SendLetter, SweepLetters
from tests.unit.auth.world import EMAIL, SetClock, World


@dataclass
class MailerDouble:
    """Takes letters, unless it is told to fail."""

    failures: list[Exception] = field(default_factory=list)
    taken: list[Posted] = field(default_factory=list)

    async def send(self, posted: Posted) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(posted)


@pytest.fixture
def mailer() -> MailerDouble:
    return MailerDouble()


@pytest.fixture
def send(world: World, mailer: MailerDouble) -> SendLetter:
    return SendLetter(world.units, mailer, world.clock)


async def posted(units: UnitsOfWork, account_id: UUID | None = None, **values: str) -> Letter:
    letter = Letter(LetterKind.VERIFY_EMAIL, EMAIL, "fr", {"token": "secret", **values}, account_id)
    async with units() as unit:
        await unit.letters.post(letter)
    return letter


async def waiting(units: UnitsOfWork, letter: Letter) -> Posted | None:
    async with units() as unit:
        return await unit.letters.waiting(letter.id)


async def test_a_letter_waits_as_it_was_posted_until_it_is_sent_once(
    world: World, send: SendLetter, mailer: MailerDouble
) -> None:
    letter = await posted(world.units, text="é")
    found = await waiting(world.units, letter)
    assert found is not None
    assert (found.letter, found.tries) == (letter, 0)
    assert await send(letter.id) is LetterOutcome.SENT
    assert await send(letter.id) is None
    assert [one.letter for one in mailer.taken] == [letter]
    assert await waiting(world.units, letter) is None
    assert await send(uuid4()) is None


async def test_a_server_that_is_away_delays_a_letter_and_loses_none(
    world: World, send: SendLetter, mailer: MailerDouble
) -> None:
    letter = await posted(world.units)
    mailer.failures = [Unavailable("away")] * 3
    for tries in (1, 2, 3):
        assert await send(letter.id) is LetterOutcome.PUT_OFF
        found = await waiting(world.units, letter)
        assert found is not None
        assert found.tries == tries
    assert await send(letter.id) is LetterOutcome.SENT
    assert len(mailer.taken) == 1


async def test_waits_between_tries_stretch_with_the_scale(world: World, mailer: MailerDouble) -> None:
    letter = await posted(world.units)
    mailer.failures = [Unavailable("away")] * 3
    waits: list[timedelta] = []

    @asynccontextmanager
    async def units() -> AsyncIterator[UnitOfWork]:
        async with world.units() as unit:
            put_off = unit.letters.put_off

            async def noted(id: UUID, tries: int, until: datetime) -> None:
                waits.append(until - world.clock.now)
                await put_off(id, tries, until)

            unit.letters.put_off = noted  # type: ignore[method-assign]
            yield unit

    for scale in (1.0, 0.5, 0.0):
        await SendLetter(units, mailer, world.clock, scale)(letter.id)
    assert waits == [timedelta(seconds=10), timedelta(seconds=10), timedelta(0)]


async def test_after_a_day_of_tries_it_is_given_up(
    world: World, send: SendLetter, mailer: MailerDouble
) -> None:
    letter = await posted(world.units)
    mailer.failures = [Unavailable("away")] * MAX_TRIES
    outcomes = [await send(letter.id) for _ in range(MAX_TRIES)]
    assert outcomes == [LetterOutcome.PUT_OFF] * (MAX_TRIES - 1) + [LetterOutcome.GIVEN_UP]
    assert await send(letter.id) is None


async def test_a_letter_that_is_refused_is_not_tried_again(
    world: World, send: SendLetter, mailer: MailerDouble
) -> None:
    letter = await posted(world.units)
    mailer.failures = [LetterRefused()]
    assert await send(letter.id) is LetterOutcome.REFUSED
    assert await send(letter.id) is None


async def test_a_letter_of_which_workers_die_is_given_up(world: World, send: SendLetter) -> None:
    letter = await posted(world.units)
    assert await send.give_up(letter.id) is LetterOutcome.GIVEN_UP
    assert await send(letter.id) is None


async def test_a_letter_goes_with_its_account_unless_it_outlives_it(world: World, send: SendLetter) -> None:
    account = Account.new(EMAIL, "a hash", world.clock.now)
    async with world.units() as unit:
        await unit.accounts.add(account)
    own, farewell = await posted(world.units, account.id), await posted(world.units)
    async with world.units() as unit:
        await unit.accounts.remove(account.id)
    assert await waiting(world.units, own) is None
    assert await send(own.id) is None
    assert await waiting(world.units, farewell) is not None


async def test_the_backlog_is_what_waits(world: World, send: SendLetter) -> None:
    async def backlog() -> int:
        async with world.units() as unit:
            found = await unit.letters.backlog()
        assert (found.oldest_at is None) == (found.waiting == 0)
        return found.waiting

    assert await backlog() == 0
    first, _ = await posted(world.units), await posted(world.units)
    assert await backlog() == 2
    await send(first.id)
    assert await backlog() == 1


@pytest.mark.postgres
async def test_nothing_is_left_of_what_a_letter_said(
    engine: AsyncEngine, postgres_units: UnitsOfWork, clock: SetClock, mailer: MailerDouble
) -> None:
    send = SendLetter(postgres_units, mailer, clock)
    letter, other = await posted(postgres_units), await posted(postgres_units)

    async def rows() -> list[str]:
        async with engine.connect() as connection:
            return [repr(row) for row in await connection.execute(sa.select(letters))]

    # Sealed while it waits: its link opens an account.
    assert not any(EMAIL in row or "secret" in row for row in await rows())
    await send(letter.id)
    async with engine.connect() as connection:
        left = dict(
            (await connection.execute(sa.select(letters.c.id, letters.c.sealed_content))).tuples().all()
        )
    assert left[letter.id] is None
    assert left[other.id] is not None

    sweep = SweepLetters(postgres_units, clock)
    clock.now += KEPT_FOR
    await sweep()
    assert len(await rows()) == 2
    clock.now += timedelta(microseconds=1)
    await sweep()
    [row] = await rows()
    assert str(other.id) in row


@pytest.mark.postgres
async def test_a_letter_is_put_on_the_rail_with_its_record_or_not_at_all(
    engine: AsyncEngine, postgres_units: UnitsOfWork
) -> None:
    async def jobs() -> list[tuple[str, str]]:
        async with engine.connect() as connection:
            found = await connection.execute(
                sa.text("SELECT task_name, args ->> 'letter_id' FROM procrastinate_jobs")
            )
            return [(str(name), str(id)) for name, id in found]

    letter = await posted(postgres_units)
    assert await jobs() == [("send_letter", str(letter.id))]

    async def fail_after_posting() -> None:
        async with postgres_units() as unit:
            await unit.letters.post(replace(letter, id=uuid4()))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_after_posting()
    assert len(await jobs()) == 1
