"""Auth's messages from its domain."""

from __future__ import annotations

from collections.abc import Mapping

from atelier.auth.v1 import auth_pb2 as pb
from services.auth.domain.model import Account, Role, TokenPair

_ROLES: Mapping[Role, pb.Role.ValueType] = {Role.USER: pb.ROLE_USER, Role.ADMIN: pb.ROLE_ADMIN}


def account(account: Account) -> pb.Account:
    """The account as its owner sees it."""
    message = pb.Account(id=str(account.id), email=account.email, role=_ROLES[account.role])
    message.create_time.FromDatetime(account.created_at)
    return message


def token_pair(tokens: TokenPair) -> pb.TokenPair:
    """Both tokens, with the life of the first in seconds."""
    return pb.TokenPair(
        access_token=tokens.access.value,
        refresh_token=tokens.refresh,
        expires_in_s=int(tokens.access.life.total_seconds()),
    )
