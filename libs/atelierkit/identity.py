"""Who is calling: access tokens verified against published keys, the caller at hand, and the service that it comes by."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from atelierkit.errors import Forbidden, Unauthenticated

ALGORITHM = "ES256"
ACCESS_TYPE = "access"
"""``typ`` claim of an access token; refresh and mail tokens carry others."""
ADMIN = "admin"
"""Role that an ADMIN method asks for."""

# Ours are under 700 bytes; a longer one is refused before anything reads it.
_MAX_TOKEN_CHARS = 4096
_MOST_GOOD = 10_000
_REFETCH_INTERVAL_S = 10.0
_LEEWAY_S = 30
NOT_VALID = "the access token is missing or not valid"
"""The one text for every fault of a token: which check failed is not told."""


class InsufficientScope(Forbidden):
    """The caller is an API key that was not made for this, or it is for people alone."""

    reason = "INSUFFICIENT_SCOPE"


@dataclass(frozen=True)
class Caller:
    """A verified caller; ``token`` is what proved it, to be passed on to other services."""

    subject: str
    roles: frozenset[str]
    token: str
    scopes: frozenset[str] | None = None
    """What an API key may; None for a person's own session, which may everything."""
    tier: str = ""
    """How much the account may ask of the platform; empty where the token does not say."""
    session: str | None = None
    """Id of the session that the token is of; None for an API key, and for a service that acts for the person."""

    def require_role(self, role: str) -> None:
        """Raise Forbidden unless the caller has that role."""
        if role not in self.roles:
            raise Forbidden("this needs a role that you do not have", role=role)

    def require_scope(self, *sufficient: str) -> None:
        """Raise InsufficientScope unless the caller is a person, or a key with one of these scopes."""
        if self.scopes is None or not self.scopes.isdisjoint(sufficient):
            return
        if not sufficient:
            raise InsufficientScope("no API key may do this: log in")
        raise InsufficientScope("the API key lacks the scope that this needs", scope=" ".join(sufficient))


SERVICE_KEY = "x-calling-service"
"""gRPC metadata key in which a service says who it is, where no certificate does."""

_caller: ContextVar[Caller | None] = ContextVar("atelier_caller", default=None)
_service: ContextVar[str] = ContextVar("atelier_calling_service", default="")


def current_caller() -> Caller | None:
    """The caller of the request at hand; None where it is anonymous."""
    return _caller.get()


def require_caller() -> Caller:
    """The caller of the request at hand; Unauthenticated where it is anonymous."""
    caller = _caller.get()
    if caller is None:
        raise Unauthenticated(NOT_VALID)
    return caller


@contextmanager
def acting(caller: Caller | None) -> Iterator[None]:
    """Run the block on behalf of that caller; None makes it anonymous."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


def require_service() -> str:
    """The service that makes the call at hand; Forbidden where it does not say."""
    service = _service.get()
    if not service:
        raise Forbidden("this is for services of the platform, which say who they are")
    return service


@contextmanager
def called_by(service: str) -> Iterator[None]:
    """Run the block for that service; empty for one that does not say."""
    token = _service.set(service)
    try:
        yield
    finally:
        _service.reset(token)


class TokenVerifier(Protocol):
    """Turns an access token into the caller that it proves."""

    async def verify(self, token: str) -> Caller:
        """Raise Unauthenticated, with one text for every fault, unless the token is good."""
        ...


class JwksVerifier:
    """Verifies ES256 access tokens against a key set that is fetched when needed and kept.

    ``fetch`` gives the JWKS as a mapping. A token with an unknown ``kid`` causes a new fetch, at
    most one per ten seconds, so that forged tokens cannot drive load onto the issuer. The key comes
    from that set alone: whatever else a token's header names is ignored.

    A token that was found good stays so until it expires or other keys are fetched: a signature is
    checked once, not for each request of the same caller.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[Mapping[str, Any]]],
        issuer: str,
        audience: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fetch = fetch
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._keys: dict[str, jwk.ECKey] = {}
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._good: dict[bytes, tuple[Caller, float]] = {}

    async def verify(self, token: str) -> Caller:
        """Give the caller; AppErrors of ``fetch`` pass through, all other faults are Unauthenticated."""
        if len(token) > _MAX_TOKEN_CHARS:
            raise Unauthenticated(NOT_VALID)
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        caller, expires_at = self._good.get(digest, (None, 0.0))
        if caller is not None and self._clock() < expires_at:
            return caller
        kid = _kid(token)
        if kid not in self._keys:
            await self._refetch(kid)
        key = self._keys.get(kid)
        if key is None:
            raise Unauthenticated(NOT_VALID)
        try:
            claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
            self._check(claims)
        except (JoseError, ValueError, RecursionError) as error:
            raise Unauthenticated(NOT_VALID) from error
        scope: str | None = claims.get("scope")
        scopes = None if scope is None else frozenset(scope.split())
        roles, tier = frozenset(claims["roles"]), claims.get("tier", "")
        caller = Caller(claims["sub"], roles, token, scopes, tier, claims.get("sid"))
        self._remember(digest, caller, claims["exp"] + _LEEWAY_S)
        return caller

    def _remember(self, digest: bytes, caller: Caller, expires_at: float) -> None:
        if len(self._good) >= _MOST_GOOD:
            self._good.clear()
        self._good[digest] = caller, expires_at

    async def know_keys(self) -> None:
        """Return once keys are known, at whatever age; AppErrors of ``fetch`` pass through."""
        async with self._fetching:
            if not self._keys:
                await self._take_keys()

    async def _refetch(self, kid: str) -> None:
        async with self._fetching:
            # Whoever waited here may find the key that another caller has fetched meanwhile.
            if kid in self._keys or self._clock() - self._fetched_at < _REFETCH_INTERVAL_S:
                return
            await self._take_keys()
            self._fetched_at = self._clock()

    async def _take_keys(self) -> None:
        published = (await self._fetch())["keys"]
        self._keys = {key["kid"]: jwk.ECKey.import_key(key) for key in published if key.get("kty") == "EC"}
        # A key that is no longer published proves nothing, however often it did.
        self._good.clear()

    def _check(self, claims: dict[str, Any]) -> None:
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock()),
            leeway=_LEEWAY_S,
            exp={"essential": True},
            nbf={"essential": True},
            iat={"essential": True},
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            typ={"essential": True, "value": ACCESS_TYPE},
            roles={"essential": True},
        )
        registry.validate(claims)
        if not all(type(claims[name]) is int for name in ("exp", "nbf", "iat")):
            raise ValueError("times are whole seconds")
        if not isinstance(claims["typ"], str) or not _is_list_of_str(claims["roles"]):
            raise ValueError("typ is a string and roles is a list of strings")
        if not all(isinstance(claims.get(name, ""), str) for name in ("scope", "tier", "sid")):
            raise ValueError("scope, tier and sid are strings")


def _is_list_of_str(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _kid(token: str) -> str:
    """The key id that a compact JWS names; Unauthenticated where the token has no such form."""
    parts = token.split(".")
    if len(parts) != 3:
        raise Unauthenticated(NOT_VALID)
    try:
        kid = json.loads(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))["kid"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unauthenticated(NOT_VALID) from error
    if not isinstance(kid, str):
        raise Unauthenticated(NOT_VALID)
    return kid
