"""Every way in which an access token can be wrong ends in the same refusal."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from joserfc import jwk, jwt

from atelierkit.errors import Unauthenticated, Unavailable
from atelierkit.identity import NOT_VALID, Caller, JwksVerifier
from atelierkit.testing import signed_claims, signed_token, token_jwks, token_verifier
from tests.attacks.cases import cases


def _now() -> int:
    return int(time.time())


def _encoded(part: Any) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _body() -> str:
    return signed_token("alice").split(".")[1]


def _hmac_with_the_public_key() -> str:
    public = jwk.ECKey.import_key(token_jwks()["keys"][0]).as_pem(private=False)
    key = jwk.OctKey.import_key(base64.b64encode(public).decode())
    claims = json.loads(base64.urlsafe_b64decode(_body() + "=="))
    return jwt.encode({"alg": "HS256", "kid": "test"}, claims, key, algorithms=["HS256"])


def _with_header(**header: Any) -> str:
    """A token whose signature was made for another header."""
    _, body, signature = signed_token("alice").split(".")
    return f"{_encoded({'alg': 'ES256', 'kid': 'test'} | header)}.{body}.{signature}"


def _signed_by_a_stranger(**header: Any) -> str:
    key = jwk.ECKey.generate_key("P-256", {"kid": "test"})
    claims = json.loads(base64.urlsafe_b64decode(_body() + "=="))
    shown = {name: value(key) if callable(value) else value for name, value in header.items()}
    return jwt.encode({"alg": "ES256", "kid": "test", **shown}, claims, key, algorithms=["ES256"])


def _with_roles(roles: Any) -> str:
    claims = json.loads(base64.urlsafe_b64decode(_body() + "=="))
    return signed_claims(claims | {"roles": roles})


FORGED: dict[str, dict[str, Callable[[], str]]] = {
    "A02": {
        "alg none": lambda: f"{_encoded({'alg': 'none', 'kid': 'test'})}.{_body()}.",
        "alg nOnE": lambda: f"{_encoded({'alg': 'nOnE', 'kid': 'test'})}.{_body()}.",
    },
    "A03": {
        "public key as HMAC secret": _hmac_with_the_public_key,
    },
    "A04": {
        "key inside the header": lambda: _signed_by_a_stranger(jwk=lambda key: key.as_dict(private=False)),
        "key set at an address": lambda: _signed_by_a_stranger(jku="http://127.0.0.1:1/keys"),
    },
    "A05": {
        "kid missing": lambda: f"{_encoded({'alg': 'ES256'})}.{_body()}.x",
        "kid is a list": lambda: _with_header(kid=["test"]),
        "kid is a path": lambda: _with_header(kid="../../dev/null"),
        "kid is SQL": lambda: _with_header(kid="' or 1=1 --"),
    },
    "A06": {
        "expired": lambda: signed_token("alice", exp=_now() - 60),
        "exp is a string": lambda: signed_token("alice", exp=str(_now() + 900)),
        "exp is a float": lambda: signed_token("alice", exp=_now() + 900.5),
        "exp is infinite": lambda: signed_token("alice", exp=float("inf")),
        "exp is a boolean": lambda: signed_token("alice", exp=True),
        "exp missing": lambda: signed_token("alice", exp=None),
        "nbf in the future": lambda: signed_token("alice", nbf=_now() + 300),
        "nbf missing": lambda: signed_token("alice", nbf=None),
        "iat in the far future": lambda: signed_token("alice", iat=_now() + 10**9),
        "iat missing": lambda: signed_token("alice", iat=None),
    },
    "A07": {
        "other issuer": lambda: signed_token("alice", iss="elsewhere"),
        "issuer is a list": lambda: signed_token("alice", iss=["atelier"]),
        "issuer missing": lambda: signed_token("alice", iss=None),
        "other audience": lambda: signed_token("alice", aud="elsewhere"),
        "audience missing": lambda: signed_token("alice", aud=None),
    },
    "A08": {
        "a refresh token": lambda: signed_token("alice", typ="refresh"),
        "typ is a list": lambda: signed_token("alice", typ=["access"]),
        "typ missing": lambda: signed_token("alice", typ=None),
    },
    "A09": {
        "five parts, as an encrypted token has": lambda: f"{signed_token('alice')}.d.e",
        "header is nested 1,300 deep": lambda: f"{_encoded(b'[' * 1300)}.{_body()}.x",
        "longer than any of ours": lambda: signed_token("alice", pad="x" * 3000),
        "a megabyte": lambda: signed_token("alice", pad="x" * 1_000_000),
    },
    "A21": {
        "roles missing": lambda: _with_roles(None),
        "roles are a string": lambda: _with_roles("admin"),
        "a role is a number": lambda: _with_roles(["user", 1]),
    },
    "": {
        "empty": lambda: "",
        "not a token": lambda: "abc",
        "two parts": lambda: "a.b",
        "no JSON in the header": lambda: f"{_encoded(b'{')}.{_body()}.x",
        "header is an array": lambda: f"{_encoded([1])}.{_body()}.x",
        "header is not base64": lambda: f"é.{_body()}.x",
        "header is not UTF-8": lambda: f"{_encoded(bytes([0xFF, 0xFE]))}.{_body()}.x",
        "other algorithm": lambda: _with_header(alg="EdDSA"),
        "signed by a stranger": _signed_by_a_stranger,
        "signature of another token": lambda: ".".join(
            [*signed_token("root").split(".")[:2], signed_token("alice").split(".")[2]]
        ),
        "subject missing": lambda: signed_token("alice", sub=None),
        "subject is a number": lambda: signed_token("alice", sub=7),
        "subject is empty": lambda: signed_token(""),
        "scope is a list": lambda: signed_token("alice", scope=["avatars:read"]),
        "scope is a number": lambda: signed_token("alice", scope=1),
    },
}
"""By the attack that it is a case of."""


@pytest.mark.parametrize("make", cases(FORGED))
async def test_a_bad_token_is_refused_in_one_text(make: Callable[[], str]) -> None:
    with pytest.raises(Unauthenticated) as caught:
        await token_verifier().verify(make())
    assert (caught.value.message, caught.value.metadata, caught.value.faults) == (NOT_VALID, {}, ())


async def test_a_good_token_gives_its_caller() -> None:
    token = signed_token("alice", ["user", "admin"])
    assert await token_verifier().verify(token) == Caller("alice", frozenset({"user", "admin"}), token)


@pytest.mark.parametrize(
    ("scope", "scopes"),
    [("", frozenset()), ("avatars:read", {"avatars:read"}), ("a:read  b:write", {"a:read", "b:write"})],
)
async def test_the_token_of_a_key_says_what_it_may(scope: str, scopes: set[str]) -> None:
    caller = await token_verifier().verify(signed_token("alice", scope=scope))
    assert caller.scopes == frozenset(scopes)


async def test_clocks_may_differ_by_half_a_minute() -> None:
    token = signed_token("alice", exp=_now() - 20, nbf=_now() + 20, iat=_now() + 20)
    assert (await token_verifier().verify(token)).subject == "alice"


class _Keys:
    """A key set that counts how often it is fetched."""

    def __init__(self) -> None:
        self.fetched = 0
        self.answer: Mapping[str, Any] | Exception = token_jwks()
        self.now = float(_now())
        self.verifier = JwksVerifier(self._fetch, "atelier", "atelier", lambda: self.now)

    async def _fetch(self) -> Mapping[str, Any]:
        self.fetched += 1
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def refuses(self, token: str) -> bool:
        try:
            await self.verifier.verify(token)
        except Unauthenticated:
            return True
        return False


async def test_keys_are_fetched_once() -> None:
    keys = _Keys()
    for _ in range(3):
        await keys.verifier.verify(signed_token("alice"))
    assert keys.fetched == 1


async def test_first_callers_at_the_same_time_share_one_fetch() -> None:
    keys = _Keys()
    callers = await asyncio.gather(*(keys.verifier.verify(signed_token(f"user-{n}")) for n in range(8)))
    assert [caller.subject for caller in callers] == [f"user-{n}" for n in range(8)]
    assert keys.fetched == 1


async def test_unknown_keys_cause_one_fetch_per_ten_seconds() -> None:
    keys = _Keys()
    assert all([await keys.refuses(_with_header(kid=f"k{n}")) for n in range(50)])
    assert keys.fetched == 1
    keys.now += 10
    assert all([await keys.refuses(_with_header(kid=f"k{n}")) for n in range(50)])
    assert keys.fetched == 2


async def test_a_new_key_is_found_and_a_withdrawn_one_forgotten() -> None:
    keys = _Keys()
    keys.answer = {"keys": []}
    assert await keys.refuses(signed_token("alice"))
    keys.answer = token_jwks()
    keys.now += 10
    token = signed_token("alice")
    assert not await keys.refuses(token)
    keys.answer = {"keys": []}
    keys.now += 10
    assert await keys.refuses(_with_header(kid="other"))
    assert await keys.refuses(token)


async def test_a_token_is_checked_once_and_expires_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, decoded = _Keys(), []
    decode = jwt.decode

    def counting(*args: Any, **kwargs: Any) -> Any:
        decoded.append(args[0])
        return decode(*args, **kwargs)

    monkeypatch.setattr(jwt, "decode", counting)
    token = signed_token("alice", exp=int(keys.now) + 900)
    callers = [await keys.verifier.verify(token) for _ in range(3)]
    assert callers == [callers[0]] * 3
    assert decoded == [token]
    keys.now += 929.9
    assert not await keys.refuses(token)
    keys.now += 1.1
    assert await keys.refuses(token)


async def test_what_was_good_lends_nothing_to_its_forgery() -> None:
    keys = _Keys()
    token = signed_token("alice")
    assert not await keys.refuses(token)
    head, body, signature = token.split(".")
    swapped = signature[:-2] + ("AA" if signature[-2:] != "AA" else "BB")
    assert await keys.refuses(f"{head}.{body}.{swapped}")


async def test_an_issuer_that_is_away_is_asked_again_at_once() -> None:
    keys = _Keys()
    keys.answer = Unavailable("auth is away")
    for _ in range(2):
        with pytest.raises(Unavailable):
            await keys.verifier.verify(signed_token("alice"))
    keys.answer = token_jwks()
    assert (await keys.verifier.verify(signed_token("alice"))).subject == "alice"
    assert keys.fetched == 3
