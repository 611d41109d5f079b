"""The audit trail on every storage, and what PostgreSQL adds: none of it is changed, and whoever does is found."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.auth.check_audit import check_audit, noted_head, told
from services.auth.domain.audit import ACCOUNT, START, Chained, Entry, Filters, Head, Who
from services.auth.domain.model import Account
from services.auth.settings import AuthSettings
from services.auth.use_cases.audit import CheckAudit, RecordAudit, SearchAudit
from tests.unit.auth.world import World


async def signed_up(world: World, email: str = "ada@example.org") -> UUID:
    account = Account.new(email, "a hash", world.clock.now)
    async with world.units() as unit:
        await unit.accounts.add(account)
    return account.id


def entry(
    world: World, account_id: UUID | None = None, operation: str = "POST /v1/avatars", **over: object
) -> Entry:
    world.clock.advance(microseconds=1)
    who = Who(account_id, "192.0.2.1", "a client")
    made = Entry(uuid4(), world.clock.now, who, operation, 201, "a-request", str(uuid4()))
    return replace(made, **over)  # type: ignore[arg-type]


async def record(world: World, *entries: Entry) -> None:
    await RecordAudit(world.units)(entries)


async def every(world: World) -> list[Chained]:
    async with world.units() as unit:
        return list(await unit.audit.following(0, limit=1000))


async def test_entries_are_chained_in_the_order_of_their_arrival(world: World) -> None:
    entries = [entry(world) for _ in range(5)]
    await record(world, *entries[:3])
    await record(world, *entries[3:])
    assert [link.entry for link in await every(world)] == entries
    verdict = await CheckAudit(world.units, at_once=2)()
    assert (verdict.fault, verdict.head.sequence) == (None, 5)


async def test_an_empty_trail_holds(world: World) -> None:
    assert (await CheckAudit(world.units)()).head == START


async def test_entries_that_come_again_are_written_once(world: World) -> None:
    first, second, third = (entry(world) for _ in range(3))
    await record(world, first, second)
    await record(world, second, first, third, third)
    assert [link.entry.id for link in await every(world)] == [first.id, second.id, third.id]


async def test_writers_side_by_side_make_one_chain(world: World) -> None:
    groups = [[entry(world) for _ in range(3)] for _ in range(20)]
    await asyncio.gather(*(record(world, *group) for group in groups))
    assert (await CheckAudit(world.units)()).fault is None
    assert len(await every(world)) == 60


async def test_a_search_gives_what_all_filters_let_through_newest_first(world: World) -> None:
    ada, eve = await signed_up(world), await signed_up(world, "eve@example.org")
    entries = [
        entry(world, account, operation)
        for account in (ada, eve, None)
        for operation in ("POST /v1/avatars", "DELETE /v1/avatars/{id}")
        for _ in range(2)
    ]
    await record(world, *entries)
    search = SearchAudit(world.units)

    async def found(filters: Filters) -> Sequence[Entry]:
        page, _ = await search(filters, limit=100, before=None)
        return [link.entry for link in page]

    for filters in (
        Filters(),
        Filters(account_id=ada),
        Filters(operation="POST /v1/avatars"),
        Filters(account_id=eve, operation="DELETE /v1/avatars/{id}"),
        Filters(from_time=entries[3].time, to_time=entries[8].time),
        Filters(account_id=uuid4()),
    ):
        assert await found(filters) == [one for one in reversed(entries) if filters.match(one)]
    assert await found(Filters(from_time=entries[3].time, to_time=entries[5].time)) == entries[4:2:-1]


async def test_pages_follow_each_other_without_gap(world: World) -> None:
    await record(world, *(entry(world) for _ in range(7)))
    search, places, before = SearchAudit(world.units), [], None
    while True:
        page, before = await search(Filters(), limit=3, before=before)
        places.append([link.sequence for link in page])
        if before is None:
            break
    assert places == [[7, 6, 5], [4, 3, 2], [1]]


async def test_a_forgotten_person_is_out_of_every_entry_and_the_chain_holds(world: World) -> None:
    ada, eve = await signed_up(world), await signed_up(world, "eve@example.org")
    await record(
        world,
        entry(world, ada),
        entry(world, eve),
        entry(world, eve, "DELETE /v1/admin/users/{id}", resource_id=f"{ACCOUNT}{ada}"),
        entry(world, ada),
    )
    before = await every(world)
    pseudonym = uuid4()
    async with world.units() as unit:
        await unit.audit.locked()
        await unit.audit.forget(ada, pseudonym)
        await unit.accounts.remove(ada)
    # The deletion's own entry, and one that was under way.
    await record(world, entry(world, ada, "DELETE /v1/me"))

    links = await every(world)
    verdict = await CheckAudit(world.units)()
    assert (verdict.fault, verdict.head.sequence, verdict.forgotten) == (None, 5, 3)
    assert str(ada) not in str(links)
    assert [link.hash for link in links[:4]] == [link.hash for link in before]
    nobody = Who(pseudonym, "", "")
    assert [link.entry.who for link in links] == [
        nobody,
        before[1].entry.who,
        before[2].entry.who,
        nobody,
        Who(None, "", ""),
    ]
    assert links[2].entry.resource_id == ""
    assert links[0].entry.resource_id == before[0].entry.resource_id


async def test_a_head_that_was_noted_shows_entries_that_were_cut_off(world: World) -> None:
    await record(world, *(entry(world) for _ in range(3)))
    noted = (await CheckAudit(world.units)()).head
    await record(world, entry(world))
    assert (await CheckAudit(world.units)(noted)).fault is None
    later = Head(9, bytes(32))
    assert "missing" in ((await CheckAudit(world.units)(later)).fault or "")
    another = Head(2, bytes(32))
    verdict = await CheckAudit(world.units)(another)
    assert (verdict.head.sequence, verdict.fault) == (1, "it is not the one that was noted")


FORBIDDEN = {
    "another outcome": "UPDATE audit_entries SET outcome = 200 WHERE sequence = 2",
    "another person": "UPDATE audit_entries SET account_id = gen_random_uuid() WHERE sequence = 2",
    "another address": "UPDATE audit_entries SET address = '192.0.2.9' WHERE sequence = 2",
    "another salt": "UPDATE audit_entries SET who_salt = who WHERE sequence = 2",
    "another resource": "UPDATE audit_entries SET resource_id = 'x' WHERE sequence = 2",
    "forgotten by half": "UPDATE audit_entries SET who_salt = NULL WHERE sequence = 2",
    "another hash": "UPDATE audit_entries SET hash = who WHERE sequence = 2",
    "deleted": "DELETE FROM audit_entries WHERE sequence = 2",
    "emptied": "TRUNCATE audit_entries",
}


@pytest.mark.postgres
@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
async def test_the_database_takes_no_change(
    postgres_world: World, engine: AsyncEngine, statement: str
) -> None:
    await record(postgres_world, *(entry(postgres_world) for _ in range(3)))
    with pytest.raises(DBAPIError, match=r"not changed|never changed|not deleted"):
        async with engine.begin() as connection:
            await connection.execute(sa.text(statement))


@pytest.mark.postgres
async def test_who_was_forgotten_once_gets_no_other_name(postgres_world: World, engine: AsyncEngine) -> None:
    ada = await signed_up(postgres_world)
    await record(postgres_world, entry(postgres_world, ada))
    async with postgres_world.units() as unit:
        await unit.audit.forget(ada, uuid4())
    with pytest.raises(DBAPIError, match="never changed"):
        async with engine.begin() as connection:
            await connection.execute(sa.text("UPDATE audit_entries SET account_id = gen_random_uuid()"))


@pytest.mark.postgres
async def test_the_command_names_the_first_break(
    postgres_world: World, engine: AsyncEngine, url: str, tmp_path: Path
) -> None:
    settings = AuthSettings(database_url=SecretStr(url), data_dir=tmp_path)

    async def said(noted: str | None = None) -> str:
        return told(await check_audit(settings, noted_head(noted) if noted else None))

    await record(postgres_world, *(entry(postgres_world) for _ in range(5)))
    whole = await said()
    assert whole.startswith(
        "The audit trail holds: 5 entries, 0 of them of people who were deleted; it ends with 5:"
    )
    noted = whole.rsplit(" ", 1)[1].rstrip(".")
    assert await said(noted) == whole

    async with engine.begin() as connection:  # an owner of the schema can take the triggers away
        await connection.execute(sa.text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        await connection.execute(sa.text("DELETE FROM audit_entries WHERE sequence = 5"))
    assert (await said()).startswith("The audit trail holds: 4 entries")
    cut = "The audit trail breaks at entry 5: the entries from here to the one that was noted are missing."
    assert await said(noted) == cut

    async with engine.begin() as connection:
        await connection.execute(sa.text("UPDATE audit_entries SET outcome = 403 WHERE sequence = 3"))
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.auth.check_audit"),
        env={"ATELIER_AUTH_DATABASE_URL": url, "ATELIER_DATA_DIR": str(tmp_path)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await command.communicate()
    broken = "The audit trail breaks at entry 3: it, or one before it, was changed."
    assert (command.returncode, errors.decode().splitlines()[-1]) == (1, broken)


@pytest.mark.postgres
async def test_a_search_of_one_account_does_not_read_the_whole_trail(
    postgres_world: World, engine: AsyncEngine
) -> None:
    """The plan, with as many entries of others as make the planner care."""
    ada = await signed_up(postgres_world)
    others = [entry(postgres_world) for _ in range(400)]
    await record(postgres_world, *others, entry(postgres_world, ada))
    async with engine.begin() as connection:
        await connection.execute(sa.text("ANALYZE audit_entries"))
        query = "EXPLAIN SELECT * FROM audit_entries WHERE account_id = :id ORDER BY sequence DESC LIMIT 21"
        plan = "\n".join(row[0] for row in await connection.execute(sa.text(query), {"id": ada}))
    assert "ix_audit_entries_account_id_sequence" in plan
