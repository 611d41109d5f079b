"""Webhooks, events and deliveries, in memory and in PostgreSQL alike: ATTACKS A52 and A53."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks import Webhook

from atelierkit.errors import NotFound
from services.auth.adapters.tables.webhooks import deliveries, events, webhooks
from services.auth.domain.deliveries import KEPT_FOR, MAX_ATTEMPTS, Answer, Delivery, DeliveryState
from services.auth.domain.errors import TooManyWebhooks, UrlNotAllowed
from services.auth.domain.events import EventKind
from services.auth.domain.letters import LetterKind
from services.auth.domain.model import Account
from services.auth.domain.signatures import shown
from services.auth.domain.webhooks import LETTER_EVERY, MAX_ENDPOINTS, Disabled
from services.auth.use_cases.deliveries import SweepEvents
from services.auth.use_cases.webhooks import WebhookChange
from tests.unit.auth.telling import FAILED, URL, Telling
from tests.unit.auth.world import EMAIL, World


@pytest.fixture
async def telling(world: World) -> Telling:
    account = Account.new(EMAIL, "a hash", world.clock.now)
    async with world.units() as unit:
        await unit.accounts.add(account)
    return Telling(world, account)


async def test_a_webhook_is_stored_as_it_was_made(telling: Telling) -> None:
    made = await telling.add(events=frozenset({EventKind.JOB_FAILED}))
    telling.clock.advance(hours=1)
    other = await telling.add("https://other.example.com/")
    assert await telling.webhooks.all(telling.account.id) == [made, other]
    assert await telling.webhooks.get(telling.account.id, made.id) == made


@pytest.mark.attack("A16")
async def test_anothers_webhook_is_as_good_as_none(telling: Telling) -> None:
    made, stranger, verbs = await telling.add(), uuid4(), telling.webhooks
    await telling.happens()
    delivery = await telling.one(made)
    for id in (made.id, uuid4()):
        for call in (
            verbs.get(stranger, id),
            verbs.change(stranger, id, WebhookChange(enabled=False)),
            verbs.remove(stranger, id),
            verbs.rotate_secret(stranger, id),
            verbs.send_test(stranger, id),
            verbs.deliveries(stranger, id, 10, None),
            verbs.replay(stranger, id, delivery.id),
        ):
            with pytest.raises(NotFound):
                await call
    assert await verbs.all(stranger) == []
    other = await telling.add()
    with pytest.raises(NotFound):
        await verbs.replay(telling.account.id, other.id, delivery.id)
    assert await telling.webhooks.get(telling.account.id, made.id) == made


@pytest.mark.attack("A49")
async def test_an_address_that_is_not_allowed_is_refused_before_anything_is_stored(telling: Telling) -> None:
    with pytest.raises(UrlNotAllowed):
        await telling.add("https://127.0.0.1/")
    made = await telling.add()
    with pytest.raises(UrlNotAllowed):
        await telling.webhooks.change(telling.account.id, made.id, WebhookChange(url="http://example.com/"))
    assert await telling.webhooks.all(telling.account.id) == [made]
    assert telling.courier.sent == []


async def test_an_account_has_so_many_webhooks_and_no_more_however_they_are_made(telling: Telling) -> None:
    made = await asyncio.gather(*(telling.add() for _ in range(MAX_ENDPOINTS + 4)), return_exceptions=True)
    refused = [one for one in made if isinstance(one, TooManyWebhooks)]
    assert len(refused) == 4
    assert len(await telling.webhooks.all(telling.account.id)) == MAX_ENDPOINTS


async def test_an_event_goes_once_to_each_webhook_that_wants_it(telling: Telling) -> None:
    everything = await telling.add()
    failures = await telling.add(events=frozenset({EventKind.JOB_FAILED}))
    off = await telling.add()
    await telling.webhooks.change(telling.account.id, off.id, WebhookChange(enabled=False))
    id = await telling.happens(EventKind.JOB_COMPLETED)
    await asyncio.gather(*(telling.happens(EventKind.JOB_COMPLETED, id) for _ in range(5)))
    delivery = await telling.one(everything)
    assert (delivery.event.id, delivery.state, delivery.next_at) == (
        id,
        DeliveryState.WAITING,
        telling.clock.now,
    )
    assert await telling.sent_to(failures) == await telling.sent_to(off) == []
    await telling.happens(EventKind.JOB_FAILED)
    assert len(await telling.sent_to(failures)) == 1


async def test_whoever_wants_letters_gets_one_about_each_end_of_a_job(telling: Telling) -> None:
    for kind in (EventKind.JOB_COMPLETED, EventKind.JOB_FAILED, EventKind.JOB_CANCELLED):
        id = await telling.happens(kind)
        await telling.happens(kind, id)
    assert [letter.kind for letter in telling.letters] == [LetterKind.JOB_COMPLETED, LetterKind.JOB_FAILED]
    assert {(letter.address, letter.values["job"]) for letter in telling.letters} == {(EMAIL, "job-7")}
    async with telling.units() as unit:
        account = await unit.accounts.locked(telling.account.id)
        assert account is not None
        await unit.accounts.change(replace(account, job_letters=False))
    await telling.happens(EventKind.JOB_COMPLETED)
    assert len(telling.letters) == 2


async def test_of_an_account_that_is_gone_nobody_is_told(telling: Telling) -> None:
    await telling.add()
    async with telling.units() as unit:
        await unit.accounts.remove(telling.account.id)
    await telling.happens(EventKind.JOB_COMPLETED)
    assert telling.letters == []
    assert await telling.webhooks.all(telling.account.id) == []


async def test_a_delivery_arrives_signed_and_is_over(telling: Telling) -> None:
    endpoint = await telling.add()
    # The library compares with the time of now.
    telling.clock.now = datetime.now(UTC)
    id = await telling.happens()
    delivery = await telling.one(endpoint)
    assert await telling.attempt(delivery) == Answer(204)
    [sent] = telling.courier.sent
    assert sent.url == URL
    read = Webhook(shown(endpoint.secret)).verify(sent.body, sent.headers)
    assert read == {
        "type": "job.cancelled",
        "timestamp": delivery.created_at.isoformat(),
        "data": {"jobId": "job-7"},
    }
    assert sent.headers["webhook-id"] == f"msg_{id.hex}"
    after = await telling.one(endpoint)
    assert (after.state, after.attempts, after.status) == (DeliveryState.DELIVERED, 1, 204)
    # The job comes again: its end was not noted.
    assert await telling.attempt(delivery) is None
    assert len(telling.courier.sent) == 1


async def test_every_attempt_has_the_same_id_and_body_and_a_new_time(telling: Telling) -> None:
    endpoint = await telling.add()
    await telling.happens()
    telling.courier.answers = [FAILED, Answer(error="timeout")]
    for _ in range(3):
        delivery = await telling.one(endpoint)
        assert delivery.next_at is not None
        telling.clock.now = delivery.next_at
        await telling.attempt(delivery)
    assert len({sent.headers["webhook-id"] for sent in telling.courier.sent}) == 1
    assert len({sent.body for sent in telling.courier.sent}) == 1
    assert len({sent.headers["webhook-timestamp"] for sent in telling.courier.sent}) == 3
    assert (await telling.one(endpoint)).state is DeliveryState.DELIVERED


async def test_after_ten_attempts_it_is_exhausted_and_its_owner_hears_of_it_once_a_day(
    telling: Telling,
) -> None:
    endpoint = await telling.add()
    for _ in range(2):
        await telling.happens()
        await telling.exhaust(endpoint)
        telling.clock.advance(hours=1)
    assert [one.state for one in await telling.sent_to(endpoint)] == [DeliveryState.EXHAUSTED] * 2
    assert len(telling.courier.sent) == 2 * MAX_ATTEMPTS
    [letter] = telling.letters
    assert (letter.kind, letter.values) == (LetterKind.WEBHOOK_FAILS, {"url": URL})
    telling.clock.now += LETTER_EVERY
    await telling.happens()
    await telling.exhaust(endpoint)
    assert len(telling.letters) == 2


async def test_a_replay_sends_the_same_message_again_whatever_became_of_it(telling: Telling) -> None:
    endpoint = await telling.add()
    await telling.happens()
    stale = await telling.one(endpoint)
    await telling.exhaust(endpoint)
    assert (await telling.one(endpoint)).state is DeliveryState.EXHAUSTED
    for _ in range(2):
        again = await telling.webhooks.replay(telling.account.id, endpoint.id, stale.id)
        assert (again.attempts, again.next_at) == (0, telling.clock.now)
        assert await telling.attempt(stale) is None
        assert await telling.attempt(again) == Answer(204)
        assert (await telling.one(endpoint)).state is DeliveryState.DELIVERED
    assert len({(sent.headers["webhook-id"], sent.body) for sent in telling.courier.sent}) == 1


@pytest.mark.attack("A53")
async def test_410_switches_the_webhook_off_until_its_owner_switches_it_on(telling: Telling) -> None:
    endpoint = await telling.add()
    await telling.happens()
    await telling.happens()
    first, second = await telling.sent_to(endpoint)
    telling.courier.answers = [Answer(410, "refused")]
    await telling.attempt(first)
    found = await telling.webhooks.get(telling.account.id, endpoint.id)
    assert (found.disabled, found.disabled_at) == (Disabled.GONE, telling.clock.now)
    assert await telling.attempt(second) is None
    assert [one.state for one in await telling.sent_to(endpoint)] == [DeliveryState.CANCELLED] * 2
    await telling.happens()
    assert len(telling.courier.sent) == 1
    on = await telling.webhooks.change(telling.account.id, endpoint.id, WebhookChange(enabled=True))
    assert (on.disabled, on.disabled_at) == (None, None)
    await telling.happens()
    assert len(await telling.sent_to(endpoint)) == 3


@pytest.mark.attack("A53")
async def test_a_server_that_asks_for_a_pause_is_left_alone_with_everything(telling: Telling) -> None:
    endpoint = await telling.add()
    await telling.happens()
    await telling.happens()
    first, second = await telling.sent_to(endpoint)
    telling.courier.answers = [Answer(429, "refused", timedelta(minutes=10))]
    await telling.attempt(first)
    assert await telling.attempt(second) is None
    assert len(telling.courier.sent) == 1
    until = telling.clock.now + timedelta(minutes=10)
    assert [(one.attempts, one.next_at) for one in await telling.sent_to(endpoint)] == [
        (1, until),
        (0, until),
    ]
    telling.clock.now = until
    assert await telling.attempt(second) == Answer(204)


@pytest.mark.attack("A53")
async def test_nothing_goes_to_a_webhook_that_was_removed(telling: Telling) -> None:
    endpoint = await telling.add()
    await telling.happens()
    delivery = await telling.one(endpoint)
    await telling.webhooks.remove(telling.account.id, endpoint.id)
    assert await telling.attempt(delivery) is None
    assert telling.courier.sent == []


@pytest.mark.attack("A52")
async def test_while_a_secret_rotates_both_sign(telling: Telling) -> None:
    endpoint = await telling.add()
    telling.clock.now = datetime.now(UTC)
    rotated = await telling.webhooks.rotate_secret(telling.account.id, endpoint.id)
    assert await telling.webhooks.get(telling.account.id, endpoint.id) == rotated
    await telling.webhooks.send_test(telling.account.id, endpoint.id)
    await telling.attempt(await telling.one(endpoint))
    [sent] = telling.courier.sent
    for secret in (endpoint.secret, rotated.secret):
        Webhook(shown(secret)).verify(sent.body, sent.headers)


async def test_a_test_goes_to_one_webhook_whatever_it_listens_to(telling: Telling) -> None:
    endpoint = await telling.add(events=frozenset({EventKind.JOB_FAILED}))
    other = await telling.add()
    await telling.webhooks.send_test(telling.account.id, endpoint.id)
    await telling.attempt(await telling.one(endpoint))
    assert json.loads(telling.courier.sent[0].body)["type"] == "webhook.test"
    assert await telling.sent_to(other) == []


async def test_deliveries_are_listed_page_by_page_the_newest_first(telling: Telling) -> None:
    endpoint = await telling.add()
    for n in range(7):
        await telling.happens()
        telling.clock.advance(seconds=n % 2)
    found, after = list[Delivery](), None
    while page := await telling.webhooks.deliveries(telling.account.id, endpoint.id, 3, after):
        found += page
        after = page[-1].position
    assert [one.position for one in found] == sorted({one.position for one in found}, reverse=True)
    assert len(found) == 7


async def test_the_backlog_counts_what_waits_and_is_as_old_as_what_is_overdue(telling: Telling) -> None:
    async def backlog() -> tuple[int, datetime | None]:
        async with telling.units() as unit:
            found = await unit.deliveries.backlog(telling.clock.now)
        return found.waiting, found.oldest_at

    endpoint = await telling.add()
    assert await backlog() == (0, None)
    await telling.happens()
    began = telling.clock.now
    telling.clock.advance(minutes=1)
    assert await backlog() == (1, began)
    telling.courier.answers = [FAILED]
    await telling.attempt(await telling.one(endpoint))
    assert await backlog() == (1, None)


async def test_events_are_forgotten_after_a_month_with_their_deliveries(telling: Telling) -> None:
    endpoint = await telling.add()
    await telling.happens()
    sweep = SweepEvents(telling.units, telling.clock)
    telling.clock.now += KEPT_FOR
    await telling.happens()
    await sweep()
    assert len(await telling.sent_to(endpoint)) == 2
    telling.clock.now += timedelta(microseconds=1)
    await sweep()
    assert len(await telling.sent_to(endpoint)) == 1


@pytest.fixture
async def stored(postgres_world: World) -> Telling:
    account = Account.new(EMAIL, "a hash", postgres_world.clock.now)
    async with postgres_world.units() as unit:
        await unit.accounts.add(account)
    return Telling(postgres_world, account)


@pytest.mark.postgres
async def test_secrets_are_sealed_and_all_goes_with_the_account(engine: AsyncEngine, stored: Telling) -> None:
    endpoint = await stored.add()
    rotated = await stored.webhooks.rotate_secret(stored.account.id, endpoint.id)
    await stored.happens()
    async with engine.connect() as connection:
        [row] = (await connection.execute(sa.select(webhooks))).all()
    for secret in (endpoint.secret, rotated.secret):
        assert not any(secret in value for value in row if isinstance(value, bytes))
        assert shown(secret) not in repr(row)
    async with stored.units() as unit:
        await unit.accounts.remove(stored.account.id)
    async with engine.connect() as connection:
        for table in (webhooks, events, deliveries):
            assert await connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


@pytest.mark.postgres
async def test_every_attempt_is_put_on_the_rail_with_what_it_follows_from(
    engine: AsyncEngine, stored: Telling
) -> None:
    async def jobs() -> list[tuple[int, int]]:
        statement = sa.text(
            "SELECT (args ->> 'run')::int, (args ->> 'attempt')::int FROM procrastinate_jobs "
            "WHERE task_name = 'deliver' ORDER BY id"
        )
        async with engine.connect() as connection:
            return [(run, attempt) for run, attempt in await connection.execute(statement)]

    endpoint = await stored.add()
    await stored.happens()
    assert await jobs() == [(1, 1)]
    stored.courier.answers = [FAILED]
    await stored.attempt(await stored.one(endpoint))
    assert await jobs() == [(1, 1), (1, 2)]
    delivery = await stored.one(endpoint)
    await stored.attempt(delivery)
    assert await jobs() == [(1, 1), (1, 2)]
    await stored.webhooks.replay(stored.account.id, endpoint.id, delivery.id)
    assert await jobs() == [(1, 1), (1, 2), (2, 1)]
