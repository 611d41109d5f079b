"""Who calls: a bearer token, or an API key or a browser's session cookie traded for one."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response

from atelier.auth.v1 import api_keys_pb2, api_keys_pb2_grpc, auth_pb2, auth_pb2_grpc
from atelierkit.errors import AppError, Code, Forbidden, Unauthenticated
from atelierkit.identity import Caller, TokenVerifier
from services.gateway.trades import Traded, Trades

COOKIE = "atelier_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = "bearer "
_KEY = "atk_"


class CrossSite(Forbidden):
    """A page of another site tried to use the browser's session."""

    reason = "PERMISSION_DENIED"


class BrowserSessions:
    """Trades a session cookie for an access token, and keeps the token for a moment.

    `cache_s` bounds how long a session that was closed elsewhere still works here.
    """

    def __init__(
        self,
        auth: auth_pb2_grpc.AuthServiceAsyncStub,
        cache_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._auth = auth
        self._trades = Trades(cache_s, clock)

    async def access_token(self, secret: str) -> str:
        """An access token for the session. Raises Unauthenticated once it is closed or expired."""
        return await self._trades.access_token(secret, self._exchange)

    async def close(self, secret: str) -> None:
        """End the session here and in auth."""
        self._trades.forget(secret)
        await self._auth.LogOut(auth_pb2.LogOutRequest(session_secret=secret))

    async def _exchange(self, secret: str) -> Traded:
        return await self._auth.ExchangeBrowserSession(
            auth_pb2.ExchangeBrowserSessionRequest(session_secret=secret)
        )


class ApiKeys:
    """Trades an API key for an access token that may what the key may, and keeps the token for a moment.

    `cache_s` bounds how long a key that was revoked still works here.
    """

    def __init__(
        self,
        auth: api_keys_pb2_grpc.ApiKeyServiceAsyncStub,
        cache_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._auth = auth
        self._trades = Trades(cache_s, clock)

    async def access_token(self, key: str) -> str:
        """An access token for the key. Raises Unauthenticated once it is revoked or expired."""
        return await self._trades.access_token(key, self._exchange)

    async def _exchange(self, key: str) -> Traded:
        return await self._auth.ExchangeApiKey(api_keys_pb2.ExchangeApiKeyRequest(text=key))


class Callers:
    """Finds the caller of a request."""

    def __init__(self, verifier: TokenVerifier, sessions: BrowserSessions, keys: ApiKeys) -> None:
        self._verifier = verifier
        self._sessions = sessions
        self._keys = keys

    async def of(self, method: str, headers: Headers) -> Caller | None:
        """The caller, or None for an anonymous one. Raises CrossSite, and whatever auth answers when it is away."""
        try:
            if not is_by_cookie(headers):
                return await self._bearer(headers["authorization"][len(_BEARER) :].strip())
            secret = session_secret(headers)
            if secret is None:
                return None
            if method not in SAFE_METHODS:
                refuse_cross_site(headers)
            return await self._verifier.verify(await self._sessions.access_token(secret))
        except Unauthenticated:
            return None
        except AppError as error:
            if error.code in (Code.UNAUTHENTICATED, Code.INVALID_ARGUMENT):
                return None
            raise

    async def _bearer(self, shown: str) -> Caller:
        token = await self._keys.access_token(shown) if shown.startswith(_KEY) else shown
        return await self._verifier.verify(token)


def is_by_cookie(headers: Headers) -> bool:
    """Whether nothing but a cookie may say who calls, which a browser sends by itself."""
    return not headers.get("authorization", "").lower().startswith(_BEARER)


def session_secret(headers: Headers) -> str | None:
    """The session cookie's value; None without one."""
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return cookie.value if cookie is not None and cookie.value else None


def refuse_cross_site(headers: Headers) -> None:
    """Raise CrossSite when a page of another origin sent the request: a cookie alone proves nothing then."""
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != headers.get("host"):
        raise CrossSite("requests with a session cookie must come from the same site")
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise CrossSite("requests with a session cookie must come from the same site")


def set_cookie(response: Response, secret: str, max_age_s: int, *, secure: bool) -> None:
    """Hand the session to the browser: not readable by scripts, not sent along from other sites."""
    response.set_cookie(
        COOKIE, secret, max_age=max_age_s, path="/", httponly=True, samesite="lax", secure=secure
    )
