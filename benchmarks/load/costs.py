"""What one request of each scenario costs, by service: the platform idle, one request at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import httpx
import psutil

from benchmarks.load.plan import Request
from benchmarks.stack import cpu_seconds

WARM_UP = 8


def cpu_ms(
    url: str,
    groups: Mapping[str, list[psutil.Process]],
    requests: Mapping[str, Sequence[Request]],
    count: int,
) -> dict[str, dict[str, float]]:
    """CPU ms a request: by scenario, then by group of processes. Every request must be served."""
    with httpx.Client(base_url=url, timeout=60) as client:
        return {name: _one(client, groups, choices, count) for name, choices in requests.items()}


def _one(
    client: httpx.Client, groups: Mapping[str, list[psutil.Process]], choices: Sequence[Request], count: int
) -> dict[str, float]:
    before: dict[str, float] = {}
    for turn in range(WARM_UP + count):
        if turn == WARM_UP:
            before = cpu_seconds(groups)
        request = choices[turn % len(choices)]
        headers = {"Authorization": f"Bearer {request.token}"} if request.token else {}
        client.request(request.method, request.path, json=request.body, headers=headers).raise_for_status()
    after = cpu_seconds(groups)
    return {name: (after[name] - before[name]) * 1e3 / count for name in groups}
