"""What tests of auth share: a clock that they move, cheap hashing, and every verb on one storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from atelierkit.admission import Limits
from atelierkit.identity import JwksVerifier
from atelierkit.workshop import workshop
from services.auth.adapters.passwords import Argon2Passwords
from services.auth.adapters.sealing import AesGcmSeals, new_key, ring_of
from services.auth.adapters.tokens import JwtAccessTokens, new_signing_key
from services.auth.domain.consents import Purpose
from services.auth.domain.ports import UnitsOfWork
from services.auth.use_cases.accounts import GetAccount, GrantAdmin, SignUp
from services.auth.use_cases.sessions import (
    CheckPassword,
    ExchangeBrowserSession,
    LogIn,
    LogOut,
    OpenBrowserSession,
    RefreshTokens,
)

EMAIL = "Jane.Roe@Example.org"
PASSWORD = "tape & chalk, twice"
ACCESS_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=30)
SIGNING_KEY = new_signing_key()
SEALS = AesGcmSeals(ring_of(new_key("test")))
POLICIES = {Purpose.FACE_PHOTOS: "2031-1", Purpose.IMPROVE_MODELS: "2031-2"}


class SetClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2031, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **time: float) -> None:
        self.now += timedelta(**time)


@contextmanager
def cheap_passwords(memory_kib: int = 8, time_cost: int = 1) -> Iterator[Argon2Passwords]:
    with workshop("passwords", Limits(places=2)) as hashing:
        yield Argon2Passwords(hashing, memory_kib=memory_kib, time_cost=time_cost)


def access_tokens(
    *keys: dict[str, Any], issuer: str = "atelier", audience: str = "atelier"
) -> JwtAccessTokens:
    return JwtAccessTokens(keys or [SIGNING_KEY], issuer=issuer, audience=audience, life=ACCESS_LIFE)


def verifier(tokens: JwtAccessTokens, clock: SetClock) -> JwksVerifier:
    async def fetch() -> dict[str, Any]:
        return tokens.published()

    return JwksVerifier(fetch, tokens.issuer, tokens.audience, lambda: clock().timestamp())


class World:
    """Every verb of the service."""

    def __init__(
        self,
        units: UnitsOfWork,
        passwords: Argon2Passwords,
        clock: SetClock,
        *,
        letters_are_sent: bool = False,
    ) -> None:
        self.units = units
        self.passwords = passwords
        self.clock = clock
        self.tokens = access_tokens()
        check_password = CheckPassword(units, passwords, clock)
        self.sign_up = SignUp(units, passwords, clock, letters_are_sent)
        self.log_in = LogIn(check_password, units, self.tokens, clock, SESSION_LIFE)
        self.refresh = RefreshTokens(units, self.tokens, clock)
        self.log_out = LogOut(units, clock)
        self.open_browser_session = OpenBrowserSession(check_password, units, clock, SESSION_LIFE)
        self.exchange = ExchangeBrowserSession(units, self.tokens, clock)
        self.get_account = GetAccount(units)
        self.grant_admin = GrantAdmin(units)
