"""A call is repeated while that helps, and no longer."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from prometheus_client import REGISTRY

from atelierkit.inference.retries import Retries, RetryBudget

QUICK = Retries(first_pause_s=0.0)


@dataclass
class Server:
    """Fails a share of the attempts."""

    error_ratio: float
    seed: int = 0
    attempts: int = 0
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    async def __call__(self) -> str:
        self.attempts += 1
        if self.random.random() < self.error_ratio:
            raise ConnectionError
        return "answer"


def _may_repeat(error: Exception) -> bool:
    return isinstance(error, ConnectionError)


async def _succeeded(server: Server, calls: int) -> float:
    """Share of the calls that got an answer."""
    budget = RetryBudget(QUICK)
    answers = 0
    for _ in range(calls):
        try:
            answers += await budget.attempted(server, _may_repeat) == "answer"
        except ConnectionError:
            continue
    return answers / calls


@pytest.mark.parametrize("seed", range(5))
async def test_three_failures_in_ten_are_hardly_felt(seed: int) -> None:
    server = Server(0.3, seed)
    assert await _succeeded(server, 1000) >= 0.98
    assert server.attempts / 1000 <= 1.5


async def test_an_outage_is_not_made_worse() -> None:
    server, repeated, denied = Server(1.0), _counted("repeated"), _counted("denied")
    assert await _succeeded(server, 100) == 0
    assert server.attempts == 100 + QUICK.tokens
    assert _counted("repeated") - repeated == QUICK.tokens
    # Three calls had all their attempts, and one more some of them.
    assert _counted("denied") - denied == 100 - QUICK.tokens // (QUICK.attempts - 1)


def _counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("atelier_inference_retries_total", {"outcome": outcome}) or 0.0


async def test_after_an_outage_calls_are_repeated_again() -> None:
    server = Server(1.0)
    budget = RetryBudget(QUICK)
    for _ in range(20):
        with pytest.raises(ConnectionError):
            await budget.attempted(server, _may_repeat)
    server.error_ratio = 0.0
    for _ in range(20):
        await budget.attempted(server, _may_repeat)
    server.error_ratio, server.attempts = 1.0, 0
    with pytest.raises(ConnectionError):
        await budget.attempted(server, _may_repeat)
    assert server.attempts == QUICK.attempts


async def test_what_must_not_be_repeated_is_not() -> None:
    server = Server(1.0)
    with pytest.raises(ConnectionError):
        await RetryBudget(QUICK).attempted(server, lambda _: False)
    assert server.attempts == 1
