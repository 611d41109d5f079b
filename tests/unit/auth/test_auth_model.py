from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.model import (
    FAILURE_WINDOW,
    MAX_FAILURES,
    Account,
    Failures,
    Session,
    SessionKind,
    email_key,
    new_secret,
    secret_digest,
)

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_any_window_of_time_holds_at_most_ten_failures_and_the_wait_is_the_least_that_keeps_it_so(
    steps_s: list[int],
) -> None:
    now, failures, taken = NOW, Failures(), list[datetime]()
    for step in steps_s:
        now += timedelta(seconds=step)
        wait = failures.wait(now)
        recent = [time for time in taken if time > now - FAILURE_WINDOW]
        if wait is None:
            assert len(recent) < MAX_FAILURES
            taken.append(now)
            failures = failures.and_one(now)
        else:
            assert len(recent) == MAX_FAILURES
            assert failures.wait(now + wait) is None
            assert failures.wait(now + wait - timedelta(microseconds=1)) is not None
        assert len(failures.times) <= MAX_FAILURES


def test_a_session_is_open_until_it_expires_or_is_revoked() -> None:
    account = Account.new("a@b.org", "hash", NOW)
    session = Session.new(account, SessionKind.TOKENS, NOW, timedelta(days=1))
    assert session.is_open(NOW)
    assert session.is_open(NOW + timedelta(days=1, microseconds=-1))
    assert not session.is_open(NOW + timedelta(days=1))
    revoked = Session(session.id, account.id, session.kind, NOW, NOW, session.expires_at, revoked_at=NOW)
    assert not revoked.is_open(NOW)


@pytest.mark.parametrize("other", ["JANE@EXAMPLE.ORG", "Jane@example.org"])
def test_the_case_of_an_address_does_not_tell_accounts_apart(other: str) -> None:
    assert email_key(other) == email_key("jane@example.org")
    assert email_key(other) != email_key("jane@example.com")


def test_secrets_are_256_random_bits_that_fit_into_a_cookie() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in made)
    assert len({secret_digest(secret) for secret in made}) == 100
