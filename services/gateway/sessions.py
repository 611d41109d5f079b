"""Who calls: a bearer token, or a browser's session cookie traded for one."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response

from atelier.auth.v1 import auth_pb2, auth_pb2_grpc
from atelierkit.errors import AppError, Code, Forbidden, Unauthenticated
from atelierkit.identity import Caller, TokenVerifier

COOKIE = "atelier_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = "bearer "
_MAX_CACHED = 10_000


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
        self._cache_s = cache_s
        self._clock = clock
        self._tokens: dict[bytes, tuple[str, float]] = {}

    async def access_token(self, secret: str) -> str:
        """An access token for the session. Raises Unauthenticated once it is closed or expired."""
        key = _digest(secret)
        token, fresh_until = self._tokens.get(key, ("", 0.0))
        if self._clock() < fresh_until:
            return token
        answer = await self._auth.ExchangeBrowserSession(
            auth_pb2.ExchangeBrowserSessionRequest(session_secret=secret)
        )
        if len(self._tokens) >= _MAX_CACHED:
            self._tokens.clear()
        self._tokens[key] = (answer.access_token, self._clock() + min(self._cache_s, answer.expires_in_s / 2))
        return answer.access_token

    async def close(self, secret: str) -> None:
        """End the session here and in auth."""
        self._tokens.pop(_digest(secret), None)
        await self._auth.LogOut(auth_pb2.LogOutRequest(session_secret=secret))


class Callers:
    """Finds the caller of a request."""

    def __init__(self, verifier: TokenVerifier, sessions: BrowserSessions) -> None:
        self._verifier = verifier
        self._sessions = sessions

    async def of(self, method: str, headers: Headers) -> Caller | None:
        """The caller, or None for an anonymous one. Raises CrossSite, and whatever auth answers when it is away."""
        authorization = headers.get("authorization", "")
        try:
            if authorization.lower().startswith(_BEARER):
                return await self._verifier.verify(authorization[len(_BEARER) :].strip())
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


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
