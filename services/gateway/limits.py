"""How often one client may ask: a moving window for each kind of request, and each caller.

A caller is an account, or an address where nobody is signed in. What is allowed is published with every answer
(draft-ietf-httpapi-ratelimit-headers-10): `RateLimit-Policy` says the rule, `RateLimit` what is left of it.
"""

from __future__ import annotations

import enum
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request

from atelierkit.errors import AppError, Code
from atelierkit.identity import current_caller

_ENTRY = re.compile(
    r"(?:([a-z]+)\.)?(generate|general|preview|gallery)=([1-9]\d{0,8})/([1-9]\d{0,3})(s|min|h|d)"
)
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
_OFF = "off"
_IPV6_SITE = 64
"""Bits of an IPv6 address that name a customer: whoever has one address of a site has all of them."""


class Cost(enum.Enum):
    """What a request is counted as; the value is the policy's name."""

    GENERATE = "generate"
    """It makes an avatar, or something that takes as long."""
    PREVIEW = "preview"
    """A slider was moved: there are many, and each is cheap."""
    GALLERY = "gallery"
    """A small picture among hundreds on a page."""
    GENERAL = "general"
    """Everything else."""
    FREE = "free"
    """It is not counted: a stream that lasts, or a probe."""


class RateLimited(AppError):
    """The caller's share of such requests is used up for now."""

    code = Code.RESOURCE_EXHAUSTED
    reason = "RATE_LIMITED"


@dataclass(frozen=True)
class Policy:
    """So many requests within so many seconds, whenever these seconds begin."""

    name: str
    quota: int
    window_s: int


@dataclass(frozen=True)
class Share:
    """What is left of a policy for one caller, after the request at hand."""

    allowed: bool
    remaining: int
    reset_s: float
    """Seconds until the oldest request leaves the window, and makes room for one more."""


class Windows(Protocol):
    """Counts requests."""

    async def take(self, key: str, policy: Policy) -> Share:
        """Count one more, unless the window is full; what is refused is not counted."""
        ...


@dataclass(frozen=True)
class Policies:
    """The rules; a tier's own go before those of everybody."""

    by_name: Mapping[tuple[str, str], Policy]
    """By tier, empty for everybody, and name."""

    @classmethod
    def parse(cls, text: str, defaults: str) -> Policies | None:
        """`generate=10/15min,general=100/15min,pro.generate=50/15min`; `off` gives None. What is not named is as in
        `defaults`. Raise ValueError.
        """
        if text.strip() == _OFF:
            return None
        return cls({**_entries(defaults), **_entries(text)})

    def of(self, cost: Cost, tier: str) -> Policy:
        """The rule for such a request of a caller of that tier."""
        return self.by_name.get((tier, cost.value)) or self.by_name["", cost.value]


class Limiter:
    """Lets requests in, as long as their callers have some left."""

    def __init__(self, policies: Policies | None, windows: Windows) -> None:
        """Without policies everybody may everything."""
        self._policies = policies
        self._windows = windows

    async def admit(self, cost: Cost, request: Request) -> None:
        """Count the request, and note the headers that say what is left. Raise RateLimited."""
        if self._policies is None or cost is Cost.FREE:
            return
        caller = current_caller()
        policy = self._policies.of(cost, caller.tier if caller else "")
        who = f"account:{caller.subject}" if caller else f"address:{client_network(request)}"
        share = await self._windows.take(f"{policy.name}:{who}", policy)
        request.state.headers = _headers(policy, share)
        if not share.allowed:
            raise RateLimited("too many requests", retry_after_s=share.reset_s, policy=policy.name)


def client_network(request: Request) -> str:
    """The address that the request came from, of IPv6 its first 64 bits. Proxies are believed before, or are not."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _IPV6_SITE), strict=False).network_address)


def _headers(policy: Policy, share: Share) -> list[tuple[bytes, bytes]]:
    # Whole seconds, and never too early: whoever waits that long is let in.
    reset = int(share.reset_s) + (share.reset_s > int(share.reset_s))
    return [
        (b"ratelimit-policy", f'"{policy.name}";q={policy.quota};w={policy.window_s}'.encode()),
        (b"ratelimit", f'"{policy.name}";r={share.remaining};t={reset}'.encode()),
    ]


def _entries(text: str) -> dict[tuple[str, str], Policy]:
    found: dict[tuple[str, str], Policy] = {}
    for entry in text.split(","):
        matched = _ENTRY.fullmatch(entry.strip())
        if matched is None:
            raise ValueError(
                f"{entry.strip()!r} is no limit; one is [tier.]generate|general|preview|gallery=10/15min"
            )
        tier, name, quota, count, unit = matched.groups()
        found[tier or "", name] = Policy(name, int(quota), int(count) * _SECONDS[unit])
    return found
