"""Tokens that secrets were traded for are kept for a moment, and no longer."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from atelierkit.errors import Unauthenticated
from services.gateway.trades import Trades

ONE = "a secret"


@dataclass
class Answer:
    access_token: str
    expires_in_s: int


class Desk:
    """Counts trades, and stands at a clock that a test moves."""

    def __init__(self, cache_s: float = 30, life_s: int = 900) -> None:
        self.now = 0.0
        self.traded: list[str] = []
        self.life_s = life_s
        self.closed = False
        self.trades = Trades(cache_s, lambda: self.now)

    async def trade(self, secret: str) -> Answer:
        if self.closed:
            raise Unauthenticated("closed")
        self.traded.append(secret)
        return Answer(f"token {len(self.traded)}", self.life_s)

    async def token(self, secret: str = ONE) -> str:
        return await self.trades.access_token(secret, self.trade)


async def test_a_token_is_kept_for_its_moment() -> None:
    desk = Desk()
    assert [await desk.token(), await desk.token()] == ["token 1", "token 1"]
    desk.now = 29.9
    assert await desk.token() == "token 1"
    desk.now = 30
    assert await desk.token() == "token 2"


async def test_a_token_is_not_kept_for_longer_than_half_its_life() -> None:
    desk = Desk(life_s=20)
    await desk.token()
    desk.now = 10
    assert await desk.token() == "token 2"


async def test_one_secret_never_gets_another_s_token() -> None:
    desk = Desk()
    assert await desk.token("one") != await desk.token("two")


async def test_a_secret_that_was_revoked_is_dead_after_the_moment() -> None:
    desk = Desk()
    await desk.token()
    desk.closed = True
    assert await desk.token() == "token 1"
    desk.now = 30
    with pytest.raises(Unauthenticated):
        await desk.token()


async def test_a_secret_that_is_forgotten_is_traded_anew() -> None:
    desk = Desk()
    await desk.token()
    desk.trades.forget(ONE)
    assert await desk.token() == "token 2"


async def test_memory_is_bounded() -> None:
    desk = Desk()
    for number in range(10_000):
        await desk.token(f"secret {number}")
    assert await desk.token("secret 0") == "token 1"
    await desk.token("one more")
    assert await desk.token("secret 0") == "token 10002"
