"""Every metric of the auth service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from prometheus_client import Counter, Gauge

from atelierkit.errors import AppError
from services.auth.domain.api_keys import InvalidApiKey
from services.auth.domain.deliveries import Answer
from services.auth.domain.errors import (
    EmailTaken,
    InvalidCredentials,
    InvalidRefreshToken,
    ReusedRefreshToken,
    TooManyAttempts,
    WeakPassword,
)
from services.auth.domain.jobs import Backlog
from services.auth.domain.letters import LetterOutcome

SIGN_UPS = Counter(
    "atelier_auth_sign_ups_total",
    "Accounts asked for, by outcome.",
    ["outcome"],  # ok | email_taken | weak_password | failed
)
LOG_INS = Counter(
    "atelier_auth_log_ins_total",
    "Log-ins of both kinds, by outcome.",
    ["outcome"],  # ok | invalid_credentials | too_many_attempts | failed
)
REFRESHES = Counter(
    "atelier_auth_refreshes_total",
    "Refresh tokens presented, by outcome; `reused` may be a stolen one.",
    ["outcome"],  # ok | invalid | reused | failed
)
CREDITS_MOVED = Counter(
    "atelier_auth_credits_moved_total",
    "Credits that were moved, by what moved them and where they went.",
    ["kind", "book"],  # grant | reserve | capture | release; available | held | issued | revenue
)
OPEN_HOLDS = Gauge("atelier_auth_open_holds", "Jobs that hold credits.")
LEDGER_CHECKS = Counter(
    "atelier_auth_ledger_checks_total",
    "Times that all credits were counted anew, by whether everything fits.",
    ["outcome"],  # fits | misfits
)
KEY_EXCHANGES = Counter(
    "atelier_auth_key_exchanges_total",
    "API keys traded for access tokens, by outcome.",
    ["outcome"],  # ok | invalid | failed
)
LETTERS = Counter(
    "atelier_auth_letters_total",
    "Letters handed to the mail server, by outcome.",
    ["outcome"],  # those of LetterOutcome: sent | refused | given_up | put_off
)
DELIVERIES = Counter(
    "atelier_auth_deliveries_total",
    "Attempts to tell a webhook, by outcome.",
    # delivered | gone | refused | redirected | not_allowed | not_reached | broken_off | timeout
    ["outcome"],
)
BACKLOG = Gauge(
    "atelier_auth_backlog",
    "What waits to be sent, by kind.",
    ["kind"],  # letters | deliveries
)
BACKLOG_AGE = Gauge(
    "atelier_auth_backlog_age_seconds",
    "How long the oldest of it has been due, by kind.",
    ["kind"],  # letters | deliveries
)

_OUTCOMES: Mapping[type[AppError], str] = {
    EmailTaken: "email_taken",
    WeakPassword: "weak_password",
    InvalidCredentials: "invalid_credentials",
    TooManyAttempts: "too_many_attempts",
    InvalidRefreshToken: "invalid",
    InvalidApiKey: "invalid",
    ReusedRefreshToken: "reused",
}


@contextmanager
def counted(counter: Counter) -> Iterator[None]:
    """Count the block by how it ends; everything that the contract does not name is ``failed``."""
    outcome = "failed"
    try:
        yield
        outcome = "ok"
    except AppError as error:
        outcome = _OUTCOMES.get(type(error), outcome)
        raise
    finally:
        counter.labels(outcome=outcome).inc()


def letter(outcome: LetterOutcome | None) -> None:
    """Count a letter that was handed over; None for one that was not."""
    if outcome is not None:
        LETTERS.labels(outcome=outcome).inc()


def delivery(answer: Answer | None) -> None:
    """Count an attempt; None for one that was not made."""
    if answer is not None:
        outcome = "delivered" if answer.taken else "gone" if answer.gone else answer.error
        DELIVERIES.labels(outcome=outcome).inc()


def backlog(kind: str, backlog: Backlog, now: datetime) -> None:
    """Tell what waits now."""
    age = (now - backlog.oldest_at).total_seconds() if backlog.oldest_at is not None else 0.0
    BACKLOG.labels(kind=kind).set(backlog.waiting)
    BACKLOG_AGE.labels(kind=kind).set(max(age, 0.0))
