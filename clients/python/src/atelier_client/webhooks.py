"""Messages of webhooks, checked as Standard Webhooks 1.0.0 has it (symmetric, `v1`)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atelier_client.errors import BadSignature

TOLERANCE_S = 300.0
"""How far a message's time may be from ours: what is older may be a replay."""

_PREFIX = "whsec_"


@dataclass(frozen=True)
class Message:
    """A message that is the platform's."""

    id: str
    """The same for every attempt: a receiver knows repeats by it."""
    type: str
    """Such as `job.completed`."""
    timestamp: datetime
    data: Mapping[str, Any]


def verify(
    secret: str | Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    tolerance_s: float = TOLERANCE_S,
    now: float | None = None,
) -> Message:
    """The message in a request to a webhook. Raises BadSignature.

    `body` must be the raw bytes: JSON that was read and written again has another signature. While a secret is rotated,
    give both. `now` is Unix time in seconds, this machine's where it is left out.
    """
    given = {name.lower(): value for name, value in headers.items()}
    id, sent_at, signatures = (given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    _check_time(sent_at, time.time() if now is None else now, tolerance_s)
    signed = b".".join((id.encode(), sent_at.encode(), body))
    secrets = [secret] if isinstance(secret, str) else secret
    expected = [hmac.digest(_key(each), signed, hashlib.sha256) for each in secrets]
    if not any(_is_one_of(signature, expected) for signature in signatures.split(" ")):
        raise BadSignature("no signature is by the secret")
    return _message(id, body)


def _check_time(text: str, now: float, tolerance_s: float) -> None:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise BadSignature("there is no time of sending")
    if abs(now - int(text)) > tolerance_s:
        raise BadSignature("the time of sending is too far from now")


def _key(secret: str) -> bytes:
    """Raises ValueError for a secret that is none: that is a mistake of whoever set it up, not of the message."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a webhook's secret is base64 after whsec_") from error
    if not key:
        raise ValueError("a webhook's secret is not empty")
    return key


def _is_one_of(signature: str, expected: Sequence[bytes]) -> bool:
    version, _, encoded = signature.partition(",")
    if version != "v1":
        return False
    try:
        given = base64.b64decode(encoded, validate=True)
    except ValueError:
        return False
    return any(hmac.compare_digest(given, each) for each in expected)


def _message(id: str, body: bytes) -> Message:
    try:
        content = json.loads(body)
        return Message(id, content["type"], datetime.fromisoformat(content["timestamp"]), content["data"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadSignature("the message is not one of the platform's") from error
