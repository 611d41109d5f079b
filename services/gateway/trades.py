"""Secrets that are traded for access tokens, and the tokens kept for a moment."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

_MAX_CACHED = 10_000


class Traded(Protocol):
    """What auth answers to every such trade."""

    access_token: str
    expires_in_s: int


class Trades:
    """Access tokens by the secret that each was traded for.

    `cache_s` bounds how long a secret that was revoked elsewhere still works here.
    """

    def __init__(self, cache_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._cache_s = cache_s
        self._clock = clock
        self._tokens: dict[bytes, tuple[str, float]] = {}

    async def access_token(self, secret: str, trade: Callable[[str], Awaitable[Traded]]) -> str:
        """The token that is kept, else the one that `trade` gives; whatever that raises passes through."""
        key = _digest(secret)
        token, fresh_until = self._tokens.get(key, ("", 0.0))
        if self._clock() < fresh_until:
            return token
        traded = await trade(secret)
        if len(self._tokens) >= _MAX_CACHED:
            self._tokens.clear()
        self._tokens[key] = (
            traded.access_token,
            self._clock() + min(self._cache_s, traded.expires_in_s / 2),
        )
        return traded.access_token

    def forget(self, secret: str) -> None:
        """Trade that secret anew when it comes again."""
        self._tokens.pop(_digest(secret), None)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
