"""Who calls: what a bearer shows decides how it is looked at, and an auth that is away makes nobody anonymous."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.datastructures import Headers

from atelier.auth.v1 import api_keys_pb2
from atelierkit.errors import AppError, Code, RemoteError
from atelierkit.testing import MemoryVerifier
from services.gateway.sessions import ApiKeys, BrowserSessions, Callers

KEY = f"atk_{'0' * 32}_{'0' * 49}"


class Auth:
    """Trades every key for the same token, or fails."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.failure: AppError | None = None
        self.shown: list[str] = []

    async def ExchangeApiKey(
        self, request: api_keys_pb2.ExchangeApiKeyRequest
    ) -> api_keys_pb2.ExchangeApiKeyResponse:
        self.shown.append(request.text)
        if self.failure is not None:
            raise self.failure
        return api_keys_pb2.ExchangeApiKeyResponse(access_token=self.token, expires_in_s=300)


@pytest.fixture
def verifier() -> MemoryVerifier:
    return MemoryVerifier()


@pytest.fixture
def auth(verifier: MemoryVerifier) -> Auth:
    return Auth(verifier.admit("alice"))


@pytest.fixture
def callers(verifier: MemoryVerifier, auth: Any) -> Callers:
    return Callers(verifier, BrowserSessions(auth, 30), ApiKeys(auth, 30))


async def subject(callers: Callers, shown: str) -> str | None:
    caller = await callers.of("GET", Headers({"authorization": f"Bearer {shown}"}))
    return None if caller is None else caller.subject


async def test_a_key_is_traded_once_and_a_token_never(callers: Callers, auth: Auth) -> None:
    assert [await subject(callers, KEY) for _ in range(3)] == ["alice"] * 3
    assert await subject(callers, auth.token) == "alice"
    assert auth.shown == [KEY]


@pytest.mark.parametrize("code", [Code.UNAUTHENTICATED, Code.INVALID_ARGUMENT])
async def test_a_key_that_is_refused_makes_nobody(callers: Callers, auth: Auth, code: Code) -> None:
    auth.failure = RemoteError("no", code=code, reason=code.name)
    assert await subject(callers, KEY) is None


@pytest.mark.parametrize("code", [Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.INTERNAL])
async def test_an_auth_that_is_away_is_told_as_such(callers: Callers, auth: Auth, code: Code) -> None:
    auth.failure = RemoteError("away", code=code, reason=code.name)
    with pytest.raises(RemoteError):
        await subject(callers, KEY)
    auth.failure = None
    assert await subject(callers, KEY) == "alice"
