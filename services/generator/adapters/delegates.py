"""Acting for people who are not there, with tokens that the auth service gives."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from atelier.auth.v1 import auth_pb2, auth_pb2_grpc
from atelierkit import identity
from atelierkit.errors import Code
from atelierkit.identity import Caller
from services.generator.adapters.neighbours import calling

_MARGIN_S = 30.0
"""A token that ends sooner than this is not used any more: the calls that it is for take seconds."""
_MOST_KEPT = 1_000


class TokenDelegates:
    """Asks for a token when there is none that lasts."""

    def __init__(self, stub: auth_pb2_grpc.AuthServiceAsyncStub, timeout_s: float) -> None:
        self._stub = stub
        self._timeout_s = timeout_s
        self._tokens: dict[str, tuple[str, float]] = {}

    @asynccontextmanager
    async def acting_for(self, owner: str) -> AsyncIterator[None]:
        with identity.acting(Caller(owner, frozenset(), await self._token(owner))):
            yield

    async def _token(self, owner: str) -> str:
        token, good_until = self._tokens.get(owner, ("", 0.0))
        if time.monotonic() >= good_until:
            token, good_until = await self._issued(owner)
            if len(self._tokens) >= _MOST_KEPT:
                self._tokens.clear()
            self._tokens[owner] = token, good_until
        return token

    async def _issued(self, owner: str) -> tuple[str, float]:
        asked_at = time.monotonic()
        with calling("auth", Code.NOT_FOUND, "ACCOUNT_DISABLED"):
            answer = await self._stub.IssueTokenFor(
                auth_pb2.IssueTokenForRequest(account_id=owner), timeout=self._timeout_s
            )
        return answer.access_token, asked_at + answer.expires_in_s - _MARGIN_S
