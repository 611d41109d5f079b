"""Tokens as attackers make them: odd algorithms, keys of their own, bodies that parsers choke on.

What is merely wrong (other issuer, expired, no subject) is in ``test_access_tokens``.
"""

from __future__ import annotations

import base64
import functools
import hmac
import json
import select
import socket
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from joserfc import jwk, jws

from atelierkit.errors import Unauthenticated
from atelierkit.identity import NOT_VALID, JwksVerifier
from tests.attacks.cases import cases
from tests.work import counted

KEY = jwk.ECKey.generate_key("P-256", {"kid": "ours", "use": "sig", "alg": "ES256"})
STRANGER = jwk.ECKey.generate_key("P-256", {"kid": "ours"})
NOW = 1_900_000_000
CLAIMS: dict[str, Any] = {
    "iss": "atelier",
    "aud": "atelier",
    "sub": "alice",
    "roles": ["user"],
    "typ": "access",
    "iat": NOW,
    "nbf": NOW,
    "exp": NOW + 900,
}
MOST_LINES, MOST_BYTES = 3_000, 100_000
"""Of a refusal, whatever is sent."""


class Keys:
    """The published key set, which counts how often it is asked for."""

    def __init__(self) -> None:
        self.fetched = 0
        self.verifier = JwksVerifier(self._fetch, "atelier", "atelier", lambda: NOW)

    async def _fetch(self) -> Mapping[str, Any]:
        self.fetched += 1
        return {"keys": [KEY.as_dict(private=False)]}


def encoded(part: Any) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(alg: str, signature: str = "") -> str:
    return f"{encoded({'alg': alg, 'kid': 'ours'})}.{encoded(CLAIMS)}.{signature}"


def signed(body: bytes = json.dumps(CLAIMS).encode(), key: jwk.ECKey = KEY, **header: Any) -> str:
    """Signed for real, by our own key unless another one is given."""
    return jws.serialize_compact({"alg": "ES256", "kid": "ours", **header}, body, key, algorithms=["ES256"])


def with_claim(text: str) -> bytes:
    """Our claims with one of them written otherwise, as JSON text."""
    name = text.partition(":")[0].strip('"')
    rest = json.dumps({key: value for key, value in CLAIMS.items() if key != name})
    return f"{rest[:-1]}, {text}}}".encode()


def encrypted() -> str:
    """A JWE whose text would unpack to a hundred megabytes."""
    packer = zlib.compressobj(wbits=-15)
    bomb = b"".join([*(packer.compress(bytes(1_000_000)) for _ in range(100)), packer.flush()])
    header = encoded({"alg": "dir", "enc": "A256GCM", "zip": "DEF", "kid": "ours"})
    return ".".join([header, "", encoded(bytes(12)), encoded(bomb), encoded(bytes(16))])


def with_head_of(text: str) -> str:
    """A good body and signature under another header."""
    _, body, signature = signed().split(".")
    return f"{encoded(text.encode())}.{body}.{signature}"


def with_our_public_key_as_secret(alg: str, secret: bytes) -> str:
    """An HMAC, as a verifier would check it that lets the token choose the algorithm; joserfc makes none such."""
    text = f"{encoded({'alg': alg, 'kid': 'ours'})}.{encoded(CLAIMS)}"
    return f"{text}.{encoded(hmac.digest(secret, text.encode(), f'sha{alg[2:]}'))}"


OURS = KEY.as_dict(private=False)
PUBLIC_FORMS = {
    "PEM": KEY.as_pem(private=False),
    "PEM without its last line end": KEY.as_pem(private=False).rstrip(),
    "DER": KEY.as_der(private=False),
    "JWK": json.dumps(OURS).encode(),
    "JWK without spaces": json.dumps(OURS, separators=(",", ":")).encode(),
    "x": str(OURS["x"]).encode(),
    "nothing": b"",
}
"""Our key, as it can be had by everybody."""
PUBLIC = STRANGER.as_dict(private=False)
FORGED: dict[str, dict[str, Callable[[], str]]] = {
    "A02": {
        **{f"alg {alg}": functools.partial(unsigned, alg) for alg in ("none", "None", "NONE", "nOnE", "")},
        **{
            f"unsigned {alg}": functools.partial(unsigned, alg)
            for alg in ("ES256", "HS256", "RS256", "EdDSA")
        },
        "a signature of zeros": lambda: unsigned("ES256", encoded(bytes(64))),
        "a short signature": lambda: unsigned("ES256", encoded(bytes(8))),
        "an extension that must be understood": lambda: with_head_of(
            '{"alg": "ES256", "kid": "ours", "crit": ["exp"], "exp": 1}'
        ),
        "two algorithms": lambda: with_head_of('{"alg": "none", "kid": "ours", "alg": "ES256"}'),
    },
    "A03": {
        f"{alg} with {name}": functools.partial(with_our_public_key_as_secret, alg, secret)
        for alg in ("HS256", "HS384", "HS512")
        for name, secret in PUBLIC_FORMS.items()
    },
    "A04": {
        "a key in the header": lambda: signed(key=STRANGER, jwk=PUBLIC),
        "a key set at an address": lambda: signed(key=STRANGER, jku="http://127.0.0.1:1/keys"),
        "a certificate at an address": lambda: signed(key=STRANGER, x5u="http://127.0.0.1:1/chain"),
        "a certificate in the header": lambda: signed(key=STRANGER, x5c=["MIIB"]),
    },
    "A05": {
        "two key ids": lambda: with_head_of('{"alg": "ES256", "kid": "theirs", "kid": "ours"}'),
        "a path as key id": lambda: with_head_of('{"alg": "ES256", "kid": "../../dev/null"}'),
        "SQL as key id": lambda: with_head_of('{"alg": "ES256", "kid": "ours\' OR \'1\'=\'1"}'),
        "a key id with a NUL": lambda: with_head_of('{"alg": "ES256", "kid": "ours\\u0000"}'),
    },
    "A06": {
        "exp beyond every number": lambda: signed(with_claim('"exp": 1e400')),
        "exp with an exponent": lambda: signed(with_claim('"exp": 2e9')),
        "exp is negative": lambda: signed(with_claim('"exp": -1')),
        "exp is null": lambda: signed(with_claim('"exp": null')),
    },
    "A09": {
        "claims are an array": lambda: signed(b"[1]"),
        "claims are a string": lambda: signed(b'"alice"'),
        "claims are no JSON": lambda: signed(b"{"),
        "claims are not UTF-8": lambda: signed(b'{"sub": "\xff\xfe"}'),
        "claims are nested 1,300 deep": lambda: signed(b"[" * 1_300),
        "claims are nested 100,000 deep": lambda: signed(b"[" * 100_000),
        "encrypted, and a bomb": encrypted,
        "a megabyte of dots": lambda: "." * 1_000_000,
        "a megabyte of one part": lambda: "a" * 1_000_000,
        "half a surrogate": lambda: "\ud800.a.b",
    },
}
"""By the attack that it is a case of."""


@pytest.mark.parametrize("make", cases(FORGED))
async def test_a_forgery_is_refused_in_one_text_and_with_little_work(make: Callable[[], str]) -> None:
    keys, token = Keys(), make()
    await keys.verifier.know_keys()
    asked = keys.fetched
    with counted() as work, pytest.raises(Unauthenticated) as refused:
        await keys.verifier.verify(token)
    assert (refused.value.message, refused.value.metadata) == (NOT_VALID, {})
    # An unknown key id may be a new key of ours: that is asked for where ours are, and nowhere else.
    assert keys.fetched - asked <= 1
    assert work.lines < MOST_LINES
    assert work.most_bytes < MOST_BYTES


async def test_what_the_forgeries_are_made_from_is_good() -> None:
    assert (await Keys().verifier.verify(signed())).subject == "alice"
    assert (await Keys().verifier.verify(signed(with_claim(f'"exp": {NOW + 1}')))).subject == "alice"


@pytest.fixture
def ear() -> Iterator[socket.socket]:
    """An attacker's server, which would hear of anybody who asks it for a key."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.mark.attack("A04", "A05")
@pytest.mark.parametrize("name", ["jku", "x5u", "kid", "iss"])
async def test_nobody_is_asked_for_the_key_of_a_stranger(name: str, ear: socket.socket) -> None:
    address = f"http://127.0.0.1:{ear.getsockname()[1]}/keys"
    keys = Keys()
    body = json.dumps(CLAIMS | ({"iss": address} if name == "iss" else {})).encode()
    header = {} if name == "iss" else {name: address}
    with pytest.raises(Unauthenticated):
        await keys.verifier.verify(signed(body, STRANGER, **header))
    assert select.select([ear], [], [], 0)[0] == []
    with socket.create_connection(ear.getsockname()):  # the ear hears
        assert select.select([ear], [], [], 1)[0] == [ear]
