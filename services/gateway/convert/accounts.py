"""Accounts and tokens: messages to JSON."""

from __future__ import annotations

from datetime import UTC

from atelier.auth.v1 import auth_pb2
from services.gateway.schemas import accounts as shapes


def account(message: auth_pb2.Account) -> shapes.Account:
    """A person's account."""
    return shapes.Account(
        id=message.id,
        email=message.email,
        role="admin" if message.role == auth_pb2.ROLE_ADMIN else "user",
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
    )


def tokens(message: auth_pb2.TokenPair) -> shapes.Tokens:
    """What opens the API."""
    return shapes.Tokens(
        access_token=message.access_token,
        refresh_token=message.refresh_token,
        expires_in=message.expires_in_s,
    )
