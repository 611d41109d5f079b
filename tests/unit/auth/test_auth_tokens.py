from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwk, jws

from atelierkit.errors import Unauthenticated
from services.auth.adapters.tokens import new_signing_key
from services.auth.domain.model import Account, Session, SessionKind
from tests.attacks.cases import cases
from tests.unit.auth.world import (
    ACCESS_LIFE,
    SESSION_LIFE,
    SIGNING_KEY,
    SetClock,
    access_tokens,
    verifier,
)


@pytest.fixture
def account(clock: SetClock) -> Account:
    return Account.new("jane@example.org", "hash", clock.now)


@pytest.fixture
def good(account: Account, clock: SetClock) -> str:
    session = Session.new(account, SessionKind.TOKENS, clock.now, SESSION_LIFE)
    return access_tokens().issue(account, session, clock.now).value


def part(token: str, index: int) -> dict[str, Any]:
    text = token.split(".")[index]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return read


def encoded(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def signed(claims: dict[str, Any], key: dict[str, Any] = SIGNING_KEY, **header: Any) -> str:
    """A token with these claims, truly signed by that key."""
    protected = {"alg": "ES256", "kid": key["kid"], **header}
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    return jws.serialize_compact(protected, json.dumps(claims), jwk.ECKey.import_key(key), registry=registry)


async def refused(token: str, clock: SetClock) -> str:
    with pytest.raises(Unauthenticated) as error:
        await verifier(access_tokens(), clock).verify(token)
    return error.value.message


async def test_the_claims_are_the_contracts(good: str, account: Account, clock: SetClock) -> None:
    claims = part(good, 1)
    issued_at = int(clock.now.timestamp())
    assert UUID(claims.pop("jti")).version == 4
    assert UUID(claims.pop("sid")).version == 4
    assert claims == {
        "iss": "atelier",
        "aud": "atelier",
        "sub": str(account.id),
        "typ": "access",
        "roles": ["user"],
        "tier": "free",
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + 900,
    }
    header = part(good, 0)
    assert (header["alg"], header["kid"]) == ("ES256", SIGNING_KEY["kid"])
    assert len(good) < 700


async def test_the_published_keys_are_public_and_named_by_their_thumbprint() -> None:
    older = new_signing_key()
    keys = access_tokens(SIGNING_KEY, older).published()["keys"]
    assert [key["kid"] for key in keys] == [SIGNING_KEY["kid"], older["kid"]]
    for key in keys:
        assert "d" not in key
        assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("EC", "P-256", "sig", "ES256")
        bare = {name: key[name] for name in ("kty", "crv", "x", "y")}
        assert key["kid"] == jwk.ECKey.import_key(bare).thumbprint()


async def test_tokens_of_the_previous_key_stay_good_after_a_new_one_is_put_before_it(
    good: str, clock: SetClock
) -> None:
    await verifier(access_tokens(new_signing_key(), SIGNING_KEY), clock).verify(good)
    with pytest.raises(Unauthenticated):
        await verifier(access_tokens(new_signing_key()), clock).verify(good)


async def test_a_token_lives_fifteen_minutes_and_the_leeway(good: str, clock: SetClock) -> None:
    clock.now += ACCESS_LIFE
    await verifier(access_tokens(), clock).verify(good)
    clock.advance(seconds=31)
    assert await refused(good, clock)


Forgery = Callable[[str], str]


def _unsigned(alg: str) -> Forgery:
    return lambda good: f"{encoded({**part(good, 0), 'alg': alg})}.{good.split('.')[1]}."


def _key_confusion(good: str) -> str:
    """HS256 with the public key's PEM as the secret; by hand, for joserfc refuses to make such a token."""
    public = jwk.ECKey.import_key(SIGNING_KEY).as_pem(private=False)
    signed_part = f"{encoded({**part(good, 0), 'alg': 'HS256'})}.{good.split('.')[1]}"
    signature = hmac.digest(public, signed_part.encode(), "sha256")
    return f"{signed_part}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _other_key(good: str, **header: Any) -> str:
    return signed(part(good, 1), new_signing_key(), **header)


def _attackers_header(name: str) -> Forgery:
    def forge(good: str) -> str:
        key = {**new_signing_key(), "kid": SIGNING_KEY["kid"]}
        value = {"jwk": key, "x5c": ["MIIB"]}.get(name, "https://attacker.example/keys.json")
        return signed(part(good, 1), key, **{name: value})

    return forge


def _flipped(index: int) -> Forgery:
    def forge(good: str) -> str:
        parts = good.split(".")
        letter = "A" if parts[index][20] != "A" else "B"
        parts[index] = parts[index][:20] + letter + parts[index][21:]
        return ".".join(parts)

    return forge


def _claims(**over: Any) -> Forgery:
    def forge(good: str) -> str:
        claims = {name: value for name, value in (part(good, 1) | over).items() if value is not None}
        return signed(claims)

    return forge


NOW = int(SetClock().now.timestamp())
FORGERIES: dict[str, dict[str, Forgery]] = {
    "A02": {
        "alg none": _unsigned("none"),
        "alg None": _unsigned("None"),
        "alg nOnE": _unsigned("nOnE"),
        "alg ES256, no signature": _unsigned("ES256"),
    },
    "A03": {
        "key confusion": _key_confusion,
    },
    "A04": {
        "jku": _attackers_header("jku"),
        "x5u": _attackers_header("x5u"),
        "jwk": _attackers_header("jwk"),
        "x5c": _attackers_header("x5c"),
    },
    "A05": {
        "kid is a path": lambda good: signed(part(good, 1), kid="../../dev/null"),
        "kid is SQL": lambda good: signed(part(good, 1), kid="' OR 1=1 --"),
        "kid is missing": lambda good: f"{encoded({'alg': 'ES256'})}.{good.split('.', 1)[1]}",
        "kid is a list": lambda good: f"{encoded({'alg': 'ES256', 'kid': ['a']})}.{good.split('.', 1)[1]}",
    },
    "A06": {
        "expired": _claims(exp=NOW - 31),
        "not yet": _claims(nbf=NOW + 31),
        "issued in the future": _claims(iat=NOW + 86_400),
        "exp is missing": _claims(exp=None),
        "exp is text": _claims(exp="9999999999"),
        "exp is a fraction": _claims(exp=NOW + 900.5),
        "exp is true": _claims(exp=True),
    },
    "A07": {
        "another audience": _claims(aud="another"),
        "several audiences without ours": _claims(aud=["another", "third"]),
        "no audience": _claims(aud=None),
        "another issuer": _claims(iss="atelier-staging"),
        "no issuer": _claims(iss=None),
    },
    "A08": {
        "a refresh token's type": _claims(typ="refresh"),
        "no type": _claims(typ=None),
    },
    "A09": {
        "five parts": lambda good: f"{good}.a.b",
        "a megabyte": lambda good: f"{good}{'A' * 1_000_000}",
        "deep claims": lambda good: f"{good.split('.')[0]}.{encoded('[' * 2500)}.{good.split('.')[2]}",
    },
    "A21": {
        "role raised": lambda good: ".".join(
            [good.split(".")[0], encoded({**part(good, 1), "roles": ["admin"]}), good.split(".")[2]]
        ),
        "roles are text": _claims(roles="admin"),
    },
    "": {
        "another key under our kid": lambda good: _other_key(good, kid=SIGNING_KEY["kid"]),
        "another key under its own kid": _other_key,
        "tampered header": _flipped(0),
        "tampered claims": _flipped(1),
        "tampered signature": _flipped(2),
        "no subject": _claims(sub=None),
        "no roles": _claims(roles=None),
        "empty": lambda good: good[:0],
        "two parts": lambda good: good.rpartition(".")[0],
        "not ASCII": lambda good: good.replace("e", "é"),
    },
}
"""By the attack that it is a case of."""


@pytest.mark.parametrize("forge", cases(FORGERIES))
async def test_a_forged_token_is_refused_with_one_text(forge: Forgery, good: str, clock: SetClock) -> None:
    forged = forge(good)
    assert forged != good
    assert await refused(forged, clock) == "the access token is missing or not valid"


async def test_the_forger_would_succeed_with_the_right_claims(good: str, clock: SetClock) -> None:
    """So it is each forgery's own fault that is refused above."""
    caller = await verifier(access_tokens(), clock).verify(_claims()(good))
    assert caller.subject == part(good, 1)["sub"]
