"""Trying again, within the time that is left, and never so often that it makes an outage worse."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from prometheus_client import Counter

RETRIES = Counter(
    "atelier_inference_retries_total",
    "Failed attempts of inferences that might be repeated, by whether the budget let them.",
    ["outcome"],  # repeated | denied
)

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Retries:
    """How a failed attempt is repeated."""

    attempts: int = 4
    """Most attempts of one call. Three would lose 2.7 % of the calls to a server that fails 30 % of the
    time, which is what may be lost at most; four lose 0.8 % at 1.42 attempts a call."""
    first_pause_s: float = 0.05
    """Longest pause before the second attempt; it doubles each time, and a random share of it is waited."""
    tokens: float = 10.0
    """Retries that a server may cost that answers nothing: each takes one token."""
    tokens_per_success: float = 0.6
    """What an answer gives back. gRPC's usual 0.1 holds at a tenth of failures only: at 30 % its tokens
    are gone for good after some 20 calls, and every third call fails. An outage, in which nothing is
    given back, costs the ten tokens either way."""


class RetryBudget:
    """Tokens that all calls to one server share."""

    def __init__(self, rules: Retries) -> None:
        self._rules = rules
        self._tokens = rules.tokens

    async def attempted(
        self, call: Callable[[], Awaitable[_Answer]], may_repeat: Callable[[Exception], bool]
    ) -> _Answer:
        """The call's answer; what its last attempt raised where no attempt succeeds. The caller sets the time limit."""
        attempt = 1
        while True:
            try:
                answer = await call()
            except Exception as error:
                if attempt == self._rules.attempts or not may_repeat(error) or not self._spend():
                    raise
            else:
                self._tokens = min(self._rules.tokens, self._tokens + self._rules.tokens_per_success)
                return answer
            await asyncio.sleep(self._pause_s(attempt))
            attempt += 1

    def _spend(self) -> bool:
        if self._tokens < 1:
            RETRIES.labels("denied").inc()
            return False
        self._tokens -= 1
        RETRIES.labels("repeated").inc()
        return True

    def _pause_s(self, attempt: int) -> float:
        # All of it is random: callers that failed together do not come back together.
        return random.uniform(0, self._rules.first_pause_s * 2 ** (attempt - 1))  # noqa: S311 - no secret
