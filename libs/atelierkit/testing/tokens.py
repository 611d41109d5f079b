"""Access tokens for tests: signed by a key that exists in this process alone, or known by heart."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable, Mapping
from typing import Any

from joserfc import jwk, jwt

from atelierkit.errors import Unauthenticated
from atelierkit.identity import ACCESS_TYPE, ALGORITHM, NOT_VALID, Caller, JwksVerifier

ISSUER = "atelier"
AUDIENCE = "atelier"


@functools.cache
def _key() -> jwk.ECKey:
    return jwk.ECKey.generate_key("P-256", {"kid": "test", "use": "sig", "alg": ALGORITHM})


def token_jwks() -> dict[str, Any]:
    """The public key set that verifies ``signed_token``'s tokens."""
    return {"keys": [_key().as_dict(private=False)]}


def token_verifier() -> JwksVerifier:
    """A real verifier of ``signed_token``'s tokens."""

    async def fetch() -> Mapping[str, Any]:
        return token_jwks()

    return JwksVerifier(fetch, ISSUER, AUDIENCE)


def signed_token(subject: str, roles: Iterable[str] = ("user",), **claims: Any) -> str:
    """A good access token for that subject; ``claims`` replace the standard ones, None leaves one out."""
    now = int(time.time())
    standard: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "roles": list(roles),
        "typ": ACCESS_TYPE,
        "iat": now,
        "nbf": now,
        "exp": now + 900,
    }
    return signed_claims({name: value for name, value in (standard | claims).items() if value is not None})


def signed_claims(claims: dict[str, Any]) -> str:
    """A token with just these claims, however wrong they are, and a good signature."""
    return jwt.encode({"alg": ALGORITHM, "kid": "test"}, claims, _key(), algorithms=[ALGORITHM])


class MemoryVerifier:
    """Knows its callers by token: ``MemoryVerifier({"alice-token": Caller(...)})``."""

    def __init__(self, callers: Mapping[str, Caller] | None = None) -> None:
        self.callers = dict(callers or {})

    def admit(self, subject: str, *roles: str) -> str:
        """Make a caller known, ``user`` unless roles are given; gives the token."""
        token = f"token-of-{subject}"
        self.callers[token] = Caller(subject, frozenset(roles or ("user",)), token)
        return token

    async def verify(self, token: str) -> Caller:
        if token not in self.callers:
            raise Unauthenticated(NOT_VALID)
        return self.callers[token]
