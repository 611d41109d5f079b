"""Access tokens: JWTs signed with ES256, and the key set that verifies them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from joserfc import jwk, jwt

from atelierkit.errors import Unavailable
from atelierkit.identity import ACCESS_TYPE, ALGORITHM
from services.auth.domain.api_keys import ApiKey
from services.auth.domain.model import AccessToken, Account, Role, Session

DELEGATED_LIFE = timedelta(minutes=5)
"""Longest life of a token with which a service acts for a person: it is asked for again with each slice of work."""


def new_signing_key() -> dict[str, Any]:
    """A new private JWK on P-256; its ``kid`` is the thumbprint of RFC 7638."""
    key = jwk.ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM})
    return {**key.as_dict(private=True), "kid": key.thumbprint()}


class JwtAccessTokens:
    """Signs with the first of the private JWKs; the public halves of all of them are published.

    Unavailable until keys are known: they lie in the database, which may come after the service.
    """

    def __init__(
        self, keys: Sequence[Mapping[str, Any]], *, issuer: str, audience: str, life: timedelta
    ) -> None:
        self.learn(keys)
        self.issuer = issuer
        self.audience = audience
        self.life = life

    def learn(self, keys: Sequence[Mapping[str, Any]]) -> None:
        """These are the keys from now on."""
        self._keys = [jwk.ECKey.import_key(dict(key)) for key in keys]

    @property
    def know_keys(self) -> bool:
        """Whether there is a key to sign with."""
        return bool(self._keys)

    def issue(self, account: Account, session: Session, now: datetime) -> AccessToken:
        beside = {"sid": str(session.id), "roles": [account.role.value]}
        return self._signed(account, beside, self.life, now)

    def issue_for(self, account: Account, service: str, now: datetime) -> AccessToken:
        # No service administers the platform in somebody's name.
        beside = {"act": {"sub": service}, "roles": [Role.USER.value]}
        return self._signed(account, beside, min(self.life, DELEGATED_LIFE), now)

    def issue_for_key(self, account: Account, key: ApiKey, now: datetime) -> AccessToken:
        # Nor does a key, whoever owns it.
        beside = {"scope": " ".join(sorted(key.scopes)), "roles": [Role.USER.value]}
        return self._signed(account, beside, min(self.life, key.token_life(now)), now)

    def _signed(
        self, account: Account, beside: Mapping[str, Any], life: timedelta, now: datetime
    ) -> AccessToken:
        issued_at = int(now.timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(account.id),
            "jti": str(uuid4()),
            "typ": ACCESS_TYPE,
            "tier": account.tier.value,
            "iat": issued_at,
            "nbf": issued_at,
            "exp": issued_at + int(life.total_seconds()),
            **beside,
        }
        key = self._known()[0]
        token = jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])
        return AccessToken(token, life)

    def published(self) -> dict[str, Any]:
        """The key set (RFC 7517), newest first, without a private part."""
        return {"keys": [key.as_dict(private=False) for key in self._known()]}

    def _known(self) -> Sequence[jwk.ECKey]:
        if not self._keys:
            raise Unavailable("the signing keys are not known yet", dependency="signing_keys")
        return self._keys
