"""API keys: messages to JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from atelier.auth.v1 import api_keys_pb2
from atelierkit.scopes import Scope
from services.gateway.schemas import api_keys as shapes


def api_key(message: api_keys_pb2.ApiKey) -> shapes.ApiKey:
    """A key, without what opens with it."""
    return shapes.ApiKey(**_shown(message))


def new_api_key(answer: api_keys_pb2.CreateApiKeyResponse) -> shapes.NewApiKey:
    """A key with what opens with it."""
    return shapes.NewApiKey(**_shown(answer.api_key), key=answer.text)


def _shown(message: api_keys_pb2.ApiKey) -> dict[str, Any]:
    return {
        "id": message.id,
        "name": message.name,
        "scopes": [Scope(scope) for scope in message.scopes],
        "created_at": _time(message.create_time),
        "expires_at": _time(message.expire_time) if message.HasField("expire_time") else None,
        "used_at": _time(message.use_time) if message.HasField("use_time") else None,
    }


def _time(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(tzinfo=UTC)
