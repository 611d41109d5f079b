"""Accounts and tokens: messages to JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from starlette.datastructures import Headers

from atelier.auth.v1 import auth_pb2, people_pb2
from services.gateway.schemas import accounts as shapes
from services.gateway.schemas import people

MAX_DEVICE_CHARS = 200
ROLES: Mapping[shapes.Role, auth_pb2.Role.ValueType] = {
    "user": auth_pb2.ROLE_USER,
    "admin": auth_pb2.ROLE_ADMIN,
}
TIERS: Mapping[shapes.Tier, auth_pb2.Tier.ValueType] = {
    "free": auth_pb2.TIER_FREE,
    "pro": auth_pb2.TIER_PRO,
    "unlimited": auth_pb2.TIER_UNLIMITED,
}
_ROLE_NAMES = {role: name for name, role in ROLES.items()}
_TIER_NAMES = {tier: name for name, tier in TIERS.items()}


def device(headers: Headers) -> str:
    """What the client calls itself, cut."""
    return headers.get("user-agent", "")[:MAX_DEVICE_CHARS]


def account(message: auth_pb2.Account) -> shapes.Account:
    """A person's account, as its owner sees it."""
    return shapes.Account(**_fields(message))


def user(message: auth_pb2.Account) -> people.User:
    """The same for administrators."""
    return people.User(**_fields(message), disabled=message.disabled)


def session(message: people_pb2.Session) -> people.Session:
    """One log-in."""
    return people.Session(
        id=message.id,
        device=message.device,
        current=message.current,
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
        used_at=message.use_time.ToDatetime(tzinfo=UTC),
        expires_at=message.expire_time.ToDatetime(tzinfo=UTC),
    )


def _fields(message: auth_pb2.Account) -> dict[str, Any]:
    return {
        "id": message.id,
        "email": message.email,
        "email_verified": message.email_verified,
        "display_name": message.display_name,
        "language": message.language,
        "job_letters": message.job_letters,
        "role": _ROLE_NAMES[message.role],
        "tier": _TIER_NAMES[message.tier],
        "created_at": message.create_time.ToDatetime(tzinfo=UTC),
    }


def tokens(message: auth_pb2.TokenPair) -> shapes.Tokens:
    """What opens the API."""
    return shapes.Tokens(
        access_token=message.access_token,
        refresh_token=message.refresh_token,
        expires_in=message.expires_in_s,
    )
