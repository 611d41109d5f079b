"""API keys as messages."""

from __future__ import annotations

from atelier.auth.v1 import api_keys_pb2 as pb
from services.auth.domain.api_keys import ApiKey


def api_key(key: ApiKey) -> pb.ApiKey:
    """The key as its owner sees it."""
    message = pb.ApiKey(id=str(key.id), name=key.name, scopes=sorted(key.scopes))
    message.create_time.FromDatetime(key.created_at)
    if key.expires_at is not None:
        message.expire_time.FromDatetime(key.expires_at)
    if key.used_at is not None:
        message.use_time.FromDatetime(key.used_at)
    return message
