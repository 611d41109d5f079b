"""Auth's messages from its domain."""

from __future__ import annotations

from collections.abc import Mapping

from atelier.auth.v1 import auth_pb2 as pb
from services.auth.domain.model import Account, Role, TokenPair
from services.auth.domain.people import Language, Tier

_ROLES: Mapping[Role, pb.Role.ValueType] = {Role.USER: pb.ROLE_USER, Role.ADMIN: pb.ROLE_ADMIN}
_TIERS: Mapping[Tier, pb.Tier.ValueType] = {
    Tier.FREE: pb.TIER_FREE,
    Tier.PRO: pb.TIER_PRO,
    Tier.UNLIMITED: pb.TIER_UNLIMITED,
}


def account(account: Account) -> pb.Account:
    """The account as its owner and administrators see it."""
    message = pb.Account(
        id=str(account.id),
        email=account.email,
        role=_ROLES[account.role],
        email_verified=account.email_verified_at is not None,
        language=account.language,
        display_name=account.display_name,
        tier=_TIERS[account.tier],
        disabled=account.disabled_at is not None,
        job_letters=account.job_letters,
    )
    message.create_time.FromDatetime(account.created_at)
    return message


def language(text: str) -> Language:
    """The language that a message names; English where it names none."""
    return Language(text or Language.ENGLISH)


def role(value: pb.Role.ValueType) -> Role:
    """The role that a message names."""
    return next(role for role, message in _ROLES.items() if message == value)


def tier(value: pb.Tier.ValueType) -> Tier:
    """The tier that a message names."""
    return next(tier for tier, message in _TIERS.items() if message == value)


def token_pair(tokens: TokenPair) -> pb.TokenPair:
    """Both tokens, with the life of the first in seconds."""
    return pb.TokenPair(
        access_token=tokens.access.value,
        refresh_token=tokens.refresh,
        expires_in_s=int(tokens.access.life.total_seconds()),
    )
