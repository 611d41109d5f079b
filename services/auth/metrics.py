"""Every metric of the auth service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import Counter

from atelierkit.errors import AppError
from services.auth.domain.api_keys import InvalidApiKey
from services.auth.domain.errors import (
    EmailTaken,
    InvalidCredentials,
    InvalidRefreshToken,
    ReusedRefreshToken,
    TooManyAttempts,
    WeakPassword,
)

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
KEY_EXCHANGES = Counter(
    "atelier_auth_key_exchanges_total",
    "API keys traded for access tokens, by outcome.",
    ["outcome"],  # ok | invalid | failed
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
