from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.deliveries import MAX_ATTEMPTS, Answer, Delivery, DeliveryState
from services.auth.domain.events import Event, EventKind
from services.auth.domain.letters import MAX_TRIES, Letter, LetterKind, Posted
from services.auth.domain.webhooks import Disabled, Endpoint

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
ENDPOINT = Endpoint.new(uuid4(), "https://example.com/", frozenset(), NOW)
FAILED = Answer(500, "refused")
SCHEDULE_S = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
"""Waits of the specification, after the first attempt at once."""


def delivery(id: UUID | None = None) -> Delivery:
    event = Event(uuid4(), ENDPOINT.account_id, EventKind.JOB_COMPLETED, {}, NOW)
    made = Delivery.new(event, ENDPOINT, NOW)
    return made if id is None else replace(made, id=id)


@given(st.uuids())
def test_ten_attempts_follow_the_specifications_schedule(id: UUID) -> None:
    one, now, waits = delivery(id), NOW, []
    for attempt in range(1, 11):
        assert one.next_at == now
        assert one.awaits(1, attempt)
        one = one.attempted(FAILED, now)
        if one.next_at is not None:
            waits.append((one.next_at - now).total_seconds())
            now = one.next_at
    assert (one.state, one.attempts) == (DeliveryState.EXHAUSTED, MAX_ATTEMPTS)
    assert len(waits) == len(SCHEDULE_S)
    for wait, plain in zip(waits, SCHEDULE_S, strict=True):
        assert plain <= wait < plain * 1.1


def test_deliveries_that_failed_together_do_not_come_back_together() -> None:
    again = {delivery(UUID(int=n)).attempted(FAILED, NOW).next_at for n in range(100)}
    assert len(again) == 100


def test_the_schedule_can_be_made_short() -> None:
    assert delivery().attempted(FAILED, NOW, scale=0).next_at == NOW


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_2xx_takes_it(status: int) -> None:
    after = delivery().attempted(Answer(status), NOW)
    assert (after.state, after.next_at, after.attempts) == (DeliveryState.DELIVERED, None, 1)
    assert not after.awaits(1, 2)


@pytest.mark.parametrize(
    "answer",
    [Answer(301, "redirected"), Answer(404, "refused"), Answer(error="timeout"), Answer(503, "refused")],
)
def test_everything_else_is_tried_again(answer: Answer) -> None:
    after = delivery().attempted(answer, NOW)
    assert (after.state, after.status, after.error) == (DeliveryState.WAITING, answer.status, answer.error)
    assert after.awaits(1, 2)
    assert not after.awaits(1, 1)


@pytest.mark.attack("A53")
def test_a_pause_that_is_asked_for_is_kept_and_never_shortens_the_schedule() -> None:
    asked = Answer(429, "refused", timedelta(minutes=2))
    assert delivery().attempted(asked, NOW).next_at == NOW + timedelta(minutes=2)
    short = Answer(429, "refused", timedelta(seconds=1))
    assert delivery(UUID(int=0)).attempted(short, NOW).next_at == NOW + timedelta(seconds=5)


@pytest.mark.attack("A53")
def test_after_410_there_are_no_more_attempts() -> None:
    after = delivery().attempted(Answer(410, "refused"), NOW)
    assert (after.state, after.next_at) == (DeliveryState.CANCELLED, None)


def test_a_replay_begins_anew_and_leaves_earlier_jobs_without_work() -> None:
    again = delivery().attempted(FAILED, NOW).replayed(NOW)
    assert again.awaits(2, 1)
    assert not again.awaits(1, 2)
    assert again.next_at == NOW


def test_a_webhook_wants_what_it_listens_to_while_it_is_on() -> None:
    some = replace(ENDPOINT, events=frozenset({EventKind.JOB_FAILED}))
    assert ENDPOINT.wants(EventKind.JOB_COMPLETED)
    assert some.wants(EventKind.JOB_FAILED)
    assert not some.wants(EventKind.JOB_COMPLETED)
    off = some.switched_off(Disabled.GONE, NOW)
    assert not off.wants(EventKind.JOB_FAILED)
    assert off.switched_off(Disabled.BY_OWNER, NOW + timedelta(hours=1)) == off
    assert off.switched_on() == some


def test_the_old_secret_signs_along_for_a_day() -> None:
    rotated = ENDPOINT.rotated(NOW)
    assert rotated.secrets(NOW + timedelta(hours=24, microseconds=-1)) == (rotated.secret, ENDPOINT.secret)
    assert rotated.secrets(NOW + timedelta(hours=24)) == (rotated.secret,)
    twice = rotated.rotated(NOW)
    assert ENDPOINT.secret not in twice.secrets(NOW)
    assert len({ENDPOINT.secret, rotated.secret, twice.secret}) == 3


def test_a_letter_is_tried_for_a_day_with_waits_that_grow() -> None:
    letter = Letter(LetterKind.PASSWORD_CHANGED, "a@b.org", "en")
    waits = [Posted(letter, NOW, tries).wait() for tries in range(MAX_TRIES)]
    assert waits[-1] is None
    known = [wait for wait in waits if wait is not None]
    assert len(known) == MAX_TRIES - 1
    assert known == sorted(known)
    assert known[0] == timedelta(seconds=10)
    assert timedelta(hours=23) < sum(known, timedelta(0)) < timedelta(hours=25)
