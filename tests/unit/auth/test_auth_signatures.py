"""Signatures of webhooks, verified by the specification's own library: ATTACKS A52."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.auth.domain import signatures
from services.auth.domain.signatures import new_webhook_secret, shown

BODY = json.dumps(
    {"type": "job.completed", "data": {"jobId": "7", "text": "é\n"}}, ensure_ascii=False
).encode()
ID = "msg_0123456789abcdef"
SECRET, OTHER = new_webhook_secret(), new_webhook_secret()


def signed(at: datetime | None = None, *secrets: bytes) -> dict[str, str]:
    return signatures.headers(ID, at or datetime.now(UTC), BODY, secrets or [SECRET])


def verify(headers: dict[str, str], body: bytes = BODY, secret: bytes = SECRET) -> object:
    return Webhook(shown(secret)).verify(body, headers)


def test_the_specifications_library_takes_our_signature() -> None:
    assert verify(signed()) == json.loads(BODY)


@pytest.mark.attack("A52")
@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_message_from_another_time_is_not_taken(minutes: int) -> None:
    with pytest.raises(WebhookVerificationError):
        verify(signed(datetime.now(UTC) + timedelta(minutes=minutes)))


@pytest.mark.attack("A52", ways=5)
def test_a_changed_message_is_not_taken() -> None:
    for body in (BODY + b" ", BODY[:-1], BODY.replace(b"7", b"8")):
        with pytest.raises(WebhookVerificationError):
            verify(signed(), body)
    for name, value in (
        ("webhook-id", ID + "0"),
        ("webhook-timestamp", str(int(signed()["webhook-timestamp"]) - 1)),
    ):
        with pytest.raises(WebhookVerificationError):
            verify(signed() | {name: value})


@pytest.mark.attack("A52")
def test_the_signature_of_another_webhook_is_not_taken() -> None:
    with pytest.raises(WebhookVerificationError):
        verify(signed(None, OTHER))


@pytest.mark.attack("A52")
def test_while_a_secret_rotates_the_receiver_may_have_either() -> None:
    both = signed(None, SECRET, OTHER)
    assert len(both["webhook-signature"].split()) == 2
    for secret in (SECRET, OTHER):
        assert verify(both, secret=secret) == json.loads(BODY)


@pytest.mark.attack("A52")
def test_secrets_are_32_random_bytes_behind_their_prefix() -> None:
    made = {shown(new_webhook_secret()) for _ in range(100)}
    assert len(made) == 100
    for secret in made:
        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
