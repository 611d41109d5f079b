"""Signatures of webhooks, made by the specification's own library."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

from atelier_client import BadSignature, webhooks

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OLD = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BODY = json.dumps(
    {"type": "job.completed", "timestamp": NOW.isoformat(), "data": {"jobId": "j-1", "name": "é"}},
    ensure_ascii=False,
).encode()


def signed(body: bytes = BODY, *secrets: str, id: str = "msg_1", at: datetime = NOW) -> dict[str, str]:
    signatures = [Webhook(secret).sign(id, at, body.decode()) for secret in secrets or (SECRET,)]
    return {
        "Webhook-Id": id,
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": " ".join(signatures),
    }


def verify(headers: dict[str, str], body: bytes = BODY, secret: str | list[str] = SECRET) -> webhooks.Message:
    return webhooks.verify(secret, headers, body, now=NOW.timestamp())


def test_the_platforms_message_is_read() -> None:
    message = verify(signed())
    assert (message.id, message.type, message.timestamp) == ("msg_1", "job.completed", NOW)
    assert message.data == {"jobId": "j-1", "name": "é"}


@pytest.mark.attack("A52")
@pytest.mark.parametrize("secret", [SECRET, OLD, [OLD, SECRET]])
def test_a_rotated_secret_counts_on_both_sides(secret: str | list[str]) -> None:
    assert verify(signed(BODY, OLD, SECRET), secret=secret).id == "msg_1"


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_clock_may_be_a_little_off(seconds: int) -> None:
    headers = signed()
    assert webhooks.verify(SECRET, headers, BODY, now=NOW.timestamp() + seconds).id == "msg_1"
    with pytest.raises(BadSignature):
        webhooks.verify(SECRET, headers, BODY, now=NOW.timestamp() + seconds * 1.01)


GOOD = signed()


@pytest.mark.attack("A52")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        GOOD | {"Webhook-Id": "msg_2"},
        GOOD | {"Webhook-Timestamp": str(int(NOW.timestamp()) + 1)},
        GOOD | {"Webhook-Timestamp": "soon"},
        GOOD | {"Webhook-Timestamp": "9" * 400},
        GOOD | {"Webhook-Signature": ""},
        GOOD | {"Webhook-Signature": "v1,"},
        GOOD | {"Webhook-Signature": "v1,é"},
        GOOD | {"Webhook-Signature": GOOD["Webhook-Signature"].replace("v1,", "v1a,")},
        GOOD | {"Webhook-Signature": GOOD["Webhook-Signature"].removeprefix("v1,")},
        signed(BODY, OLD),
    ],
)
def test_what_is_not_the_platforms_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify(headers)


@pytest.mark.attack("A52")
def test_a_changed_body_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify(signed(), BODY.replace(b"j-1", b"j-2"))
    with pytest.raises(BadSignature):
        verify(signed(), json.dumps(json.loads(BODY)).encode())


@pytest.mark.parametrize(
    "body", [b"no json", b"[]", b'{"type": "x"}', b'{"type": "x", "timestamp": "then", "data": {}}']
)
def test_a_signed_body_that_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(signed(body), body)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_%%%"])
def test_a_secret_that_is_none_is_a_mistake_of_ours(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        verify(signed(), secret=secret)
