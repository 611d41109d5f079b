"""The load's own process: `python -m benchmarks.load.generator` reads a plan on standard input and prints samples.

A sample's latency runs from the moment at which its request was due, not from when it was sent: a client that falls
behind, or waits for a slow answer, cannot hide it.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import uvloop

from benchmarks.load.client import Pool
from benchmarks.load.plan import Plan, Request

MOST_CONNECTIONS = 600
LOST = 0
"""Status of a request that got no answer."""


@dataclass(frozen=True)
class Sample:
    """How one request went."""

    scenario: str
    due_s: float
    late_ms: float
    """How long after it was due the request was sent: the load's own fault, included in the latency."""
    latency_ms: float
    status: int


async def run(plan: Plan) -> list[Sample]:
    """Send everything when it is due, and wait for the last answer."""
    address = urlsplit(plan.url)
    pool = Pool(address.hostname or "", address.port or 80, MOST_CONNECTIONS)
    arrivals = [(due, request.scenario, request.encoded(address.netloc)) for due, request in plan.arrivals()]
    loop = asyncio.get_running_loop()
    start = loop.time()

    async def one(due: float, scenario: str, data: bytes) -> Sample:
        sent = loop.time() - start
        try:
            status = await pool.send(data)
        except (OSError, TimeoutError):
            status = LOST
        ended = loop.time() - start
        return Sample(scenario, due, round((sent - due) * 1e3, 3), round((ended - due) * 1e3, 3), status)

    tasks: list[asyncio.Task[Sample]] = []
    for due, scenario, data in arrivals:
        await asyncio.sleep(max(0.0, start + due - loop.time()))
        tasks.append(asyncio.create_task(one(due, scenario, data)))
    samples = await asyncio.gather(*tasks)
    pool.close()
    return samples


def plan_of(text: str) -> Plan:
    """The plan that `json.dumps(asdict(plan))` wrote."""
    fields = json.loads(text)
    fields["requests"] = {
        name: [Request(**request) for request in requests] for name, requests in fields["requests"].items()
    }
    return Plan(**fields)


def main() -> None:
    samples = uvloop.run(run(plan_of(sys.stdin.read())))
    spent = resource.getrusage(resource.RUSAGE_SELF)
    told = {"cpu_s": spent.ru_utime + spent.ru_stime, "samples": [asdict(sample) for sample in samples]}
    # Not print: unbuffered (PYTHONUNBUFFERED), it loses the rest of what one write to a pipe did not take.
    with open(sys.stdout.fileno(), "w", closefd=False) as whole:
        json.dump(told, whole)


if __name__ == "__main__":
    main()
