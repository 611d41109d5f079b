"""What is sent, and when: drawn from a seed before anything starts, so that two runs offer the same load."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import numpy as np

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MOST_SECONDS = 120.0
MOST_REQUESTS = 50_000


@dataclass(frozen=True)
class Request:
    """One HTTP request, ready to be written."""

    scenario: str
    method: str
    path: str
    token: str = ""
    body: Mapping[str, Any] | None = None

    def encoded(self, host: str) -> bytes:
        """The request as HTTP/1.1."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", "Accept-Encoding: gzip"]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        content = b"" if self.body is None else json.dumps(self.body).encode()
        if self.body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        return "\r\n".join([*lines, "", ""]).encode() + content


@dataclass(frozen=True)
class Plan:
    """An open loop: Poisson arrivals at a rate, each a request of the mix."""

    url: str
    seed: int
    rate: float
    """Arrivals a second."""
    seconds: float
    mix: Mapping[str, float]
    """Share of the arrivals by scenario."""
    requests: Mapping[str, Sequence[Request]] = field(repr=False)
    """What is sent for a scenario, taken in turns."""

    def __post_init__(self) -> None:
        if urlsplit(self.url).hostname not in LOOPBACK:
            raise ValueError("load is for the loopback address alone")
        if self.seconds > MOST_SECONDS or self.rate * self.seconds > MOST_REQUESTS:
            raise ValueError(f"at most {MOST_SECONDS:g} s and {MOST_REQUESTS} requests")

    def arrivals(self) -> list[tuple[float, Request]]:
        """Times from the start, in seconds, with what is sent then."""
        draw = np.random.default_rng(self.seed)
        count = int(self.rate * self.seconds * 1.5) + 100
        times = np.cumsum(draw.exponential(1 / self.rate, count))
        names = draw.choice(list(self.mix), count, p=list(self.mix.values()))
        turns = dict.fromkeys(self.mix, 0)
        arrivals = []
        for time, name in zip(times[times < self.seconds].tolist(), names.tolist(), strict=False):
            choices = self.requests[name]
            arrivals.append((time, choices[turns[name] % len(choices)]))
            turns[name] += 1
        return arrivals
