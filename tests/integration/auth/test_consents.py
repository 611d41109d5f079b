"""Consents, in memory and in PostgreSQL alike; and what PostgreSQL alone makes sure of."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from atelierkit.jobs import Rail
from services.auth.adapters import sealed_columns
from services.auth.adapters.postgres import PostgresUnitOfWork
from services.auth.adapters.sealing import AesGcmSeals, new_key, ring_of
from services.auth.adapters.tables.consents import consents
from services.auth.domain.consents import Consent, ConsentRequired, Origin, PolicyNotInForce, Purpose
from services.auth.domain.model import Account
from services.auth.domain.ports import UnitsOfWork
from services.auth.use_cases.consents import (
    ConfirmWithdrawal,
    ListConsents,
    ListWithdrawals,
    RecordConsent,
    RequireConsent,
)
from tests.unit.auth.key_verbs import KeyVerbs
from tests.unit.auth.world import POLICIES, SetClock

HOME = Origin("2001:db8::7", "Mozilla/5.0 (Ωmega)")
PHOTOS, MODELS = Purpose.FACE_PHOTOS, Purpose.IMPROVE_MODELS


@dataclass
class Verbs:
    units: UnitsOfWork
    clock: SetClock

    def __post_init__(self) -> None:
        self.record = RecordConsent(self.units, self.clock, POLICIES)
        self.list = ListConsents(self.units)
        self.require = RequireConsent(self.units, POLICIES)
        self.withdrawals = ListWithdrawals(self.units)
        self.confirm = ConfirmWithdrawal(self.units, self.clock)

    async def account(self, email: str = "ada@example.org") -> Account:
        return await KeyVerbs(self.units, self.clock).account(email)

    async def give(self, account: Account, purpose: Purpose = PHOTOS) -> Consent:
        self.clock.advance(seconds=1)
        return await self.record(account.id, purpose, POLICIES[purpose], given=True, origin=HOME)

    async def take_back(self, account: Account, purpose: Purpose = PHOTOS) -> Consent:
        self.clock.advance(seconds=1)
        return await self.record(account.id, purpose, POLICIES[purpose], given=False, origin=HOME)

    async def of(self, account: Account) -> list[Consent]:
        return list(await self.list(account.id, limit=100, after=None))


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def verbs(request: pytest.FixtureRequest, clock: SetClock) -> Verbs:
    return Verbs(request.getfixturevalue(f"{request.param}_units"), clock)


@pytest.mark.attack("A61")
async def test_a_consent_lets_pass_until_it_is_taken_back(verbs: Verbs) -> None:
    account = await verbs.account()
    with pytest.raises(ConsentRequired) as refused:
        await verbs.require(account.id, PHOTOS)
    assert refused.value.metadata == {"purpose": "face_photos", "version": "2031-1"}

    given = await verbs.give(account)
    assert (given.given, given.created_at, given.origin) == (True, verbs.clock.now, HOME)
    assert await verbs.require(account.id, PHOTOS) == given

    taken_back = await verbs.take_back(account)
    with pytest.raises(ConsentRequired):
        await verbs.require(account.id, PHOTOS)
    assert await verbs.of(account) == [taken_back, given]


async def test_one_purpose_and_one_person_say_nothing_about_another(verbs: Verbs) -> None:
    account, other = await verbs.account(), await verbs.account("other@example.org")
    await verbs.give(account)
    for stranger, purpose in ((account, MODELS), (other, PHOTOS)):
        with pytest.raises(ConsentRequired):
            await verbs.require(stranger.id, purpose)
    assert await verbs.of(other) == []


@pytest.mark.attack("A61")
async def test_a_new_policy_asks_everybody_again(verbs: Verbs) -> None:
    account = await verbs.account()
    await verbs.give(account)
    later = RequireConsent(verbs.units, {**POLICIES, PHOTOS: "2032-1"})
    with pytest.raises(ConsentRequired) as refused:
        await later(account.id, PHOTOS)
    assert refused.value.metadata["version"] == "2032-1"
    await RecordConsent(verbs.units, verbs.clock, later.policies)(
        account.id, PHOTOS, "2032-1", given=True, origin=HOME
    )
    await later(account.id, PHOTOS)


@pytest.mark.attack("A61")
async def test_nobody_consents_to_a_policy_that_is_not_in_force(verbs: Verbs) -> None:
    account = await verbs.account()
    with pytest.raises(PolicyNotInForce) as refused:
        await verbs.record(account.id, PHOTOS, "2030-9", given=True, origin=HOME)
    assert refused.value.metadata == {"purpose": "face_photos", "version": "2031-1"}
    assert await verbs.of(account) == []


async def test_an_old_policy_may_be_named_to_say_no(verbs: Verbs) -> None:
    account = await verbs.account()
    await verbs.give(account)
    await verbs.record(account.id, PHOTOS, "2030-9", given=False, origin=HOME)
    with pytest.raises(ConsentRequired):
        await verbs.require(account.id, PHOTOS)


async def test_what_changes_nothing_is_not_written_again(verbs: Verbs) -> None:
    account = await verbs.account()
    given = await verbs.give(account)
    assert await verbs.give(account) == given
    assert await verbs.of(account) == [given]


async def test_of_consents_that_come_at_once_one_is_written(verbs: Verbs) -> None:
    account = await verbs.account()
    # Connections that are open already, so that all begin together.
    await asyncio.gather(*(verbs.of(account) for _ in range(8)))
    results = await asyncio.gather(*(verbs.give(account) for _ in range(8)))
    assert len({consent.id for consent in results}) == 1
    assert len(await verbs.of(account)) == 1


@pytest.mark.attack("A61")
async def test_a_consent_that_is_taken_back_has_something_deleted(verbs: Verbs) -> None:
    account, other = await verbs.account(), await verbs.account("other@example.org")
    await verbs.take_back(account)
    assert await verbs.withdrawals(PHOTOS) == []
    for each in (other, account):
        await verbs.give(each)
        await verbs.take_back(each)
        await verbs.take_back(each)
    assert await verbs.withdrawals(PHOTOS) == [other.id, account.id]
    verbs.clock.advance(minutes=5, seconds=-1)
    assert not await verbs.confirm(account.id, PHOTOS)
    assert await verbs.confirm(other.id, PHOTOS)
    assert await verbs.withdrawals(PHOTOS) == [account.id]
    verbs.clock.advance(seconds=1)
    assert await verbs.confirm(account.id, PHOTOS)
    assert await verbs.withdrawals(PHOTOS) == []


async def test_whoever_consents_again_keeps_what_is_there(verbs: Verbs) -> None:
    account = await verbs.account()
    for change in (verbs.give, verbs.take_back, verbs.give):
        await change(account)
    assert await verbs.withdrawals(PHOTOS) == []


async def test_nobody_keeps_anything_for_the_training_of_models(verbs: Verbs) -> None:
    account = await verbs.account()
    await verbs.give(account, MODELS)
    await verbs.take_back(account, MODELS)
    assert await verbs.withdrawals(MODELS) == []


async def test_with_the_account_goes_its_withdrawal(verbs: Verbs) -> None:
    account = await verbs.account()
    await verbs.give(account)
    await verbs.take_back(account)
    async with verbs.units() as unit:
        await unit.accounts.remove(account.id)
    assert await verbs.withdrawals(PHOTOS) == []


async def test_pages_run_from_the_newest_to_the_oldest(verbs: Verbs) -> None:
    account, other = await verbs.account(), await verbs.account("other@example.org")
    all_of_them = [await each(account) for each in (verbs.give, verbs.take_back) * 3][::-1]
    foreign = await verbs.give(other)
    first = await verbs.list(account.id, limit=4, after=None)
    rest = await verbs.list(account.id, limit=4, after=first[-1].id)
    assert [*first, *rest] == all_of_them
    assert await verbs.list(account.id, limit=4, after=rest[-1].id) == []
    assert await verbs.list(account.id, limit=4, after=foreign.id) == []


async def test_consents_go_with_their_account(verbs: Verbs) -> None:
    account, other = await verbs.account(), await verbs.account("other@example.org")
    await verbs.give(account)
    kept = await verbs.give(other)
    async with verbs.units() as unit:
        await unit.accounts.remove(account.id)
    assert await verbs.of(account) == []
    assert await verbs.of(other) == [kept]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [
        sa.update(consents).values(given=sa.not_(consents.c.given)),
        sa.update(consents).values(policy_version="2030-9"),
        sa.update(consents).values(created_at=sa.func.now()),
        sa.delete(consents),
    ],
    ids=["turned", "another policy", "another time", "deleted"],
)
async def test_nothing_in_the_ledger_is_changed(
    postgres_units: UnitsOfWork, engine: AsyncEngine, clock: SetClock, change: sa.Update | sa.Delete
) -> None:
    verbs = Verbs(postgres_units, clock)
    account = await verbs.account()
    given = await verbs.give(account)
    with pytest.raises(IntegrityError, match="consents are only added"):
        async with sql.UnitOfWork(engine) as unit:
            await unit.session.execute(change)
    assert await verbs.of(account) == [given]


@pytest.mark.postgres
async def test_origins_are_sealed_and_sealed_anew(engine: AsyncEngine, url: str, clock: SetClock) -> None:
    old, new = new_key("old"), new_key("new")
    seals, rail = AesGcmSeals(ring_of(old)), Rail(url, schema="auth")
    verbs = Verbs(functools.partial(PostgresUnitOfWork, engine, seals, rail, mail=False), clock)
    given = await verbs.give(await verbs.account())
    assert HOME.address.encode() not in await origin(engine)

    both = AesGcmSeals(ring_of(f"{new},{old}"))
    assert await sealed_columns.reseal(engine, both, sealed_columns.CONSENTS) == 1
    opened = AesGcmSeals(ring_of(new)).open(await origin(engine), sealed_columns.CONSENTS.place(given.id))
    assert HOME.address.encode() in opened


async def origin(engine: AsyncEngine) -> bytes:
    async with engine.connect() as connection:
        return bytes((await connection.scalars(sa.select(consents.c.sealed_origin))).one())
