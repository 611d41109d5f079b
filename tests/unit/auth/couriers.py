"""A courier that reaches nobody: it notes what it is given, and answers what it is told to."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass, field

from services.auth.domain.deliveries import Answer
from services.auth.domain.targets import Address, Target, TargetRules

PUBLIC = ipaddress.ip_address("93.184.216.34")


@dataclass(frozen=True)
class Sent:
    """One attempt."""

    url: str
    headers: dict[str, str]
    body: bytes


@dataclass
class CourierDouble:
    """Checks addresses by the real rules, and takes every name for one of the internet."""

    rules: TargetRules = field(default_factory=TargetRules)
    addresses: Collection[Address] = (PUBLIC,)
    answers: list[Answer] = field(default_factory=list)
    """Answers to come; 204 after them."""
    sent: list[Sent] = field(default_factory=list)

    async def check(self, url: str) -> Target:
        target = self.rules.read(url)
        self.rules.admit(target, self.addresses)
        return target

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        self.sent.append(Sent(url, headers, body))
        return self.answers.pop(0) if self.answers else Answer(204)
