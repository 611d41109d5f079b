"""Open load on a Triton server, from a process of its own: `python -m benchmarks.inference_load ADDR RATE SECONDS`.

So many requests a second come at random times (Poisson) and are timed from when each was due. Standard input brings
them, as JSON of base64 messages that were made before: nothing is encoded or decoded while the clock runs. The answer is
JSON of counts and latencies. The load of callers who wait for their answers is `inference_callers`.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import grpc
import uvloop

METHOD = "/inference.GRPCInferenceService/ModelInfer"
_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_OUTSTANDING = 512
"""Most requests of an open load at a time: beyond, the server is lost and the rest would measure the client."""

_Ask = Callable[[bytes], Awaitable[bytes]]


class Log:
    """What was answered."""

    def __init__(self) -> None:
        self.latencies_s: list[float] = []
        self.failed = 0
        self.skipped = 0

    async def note(self, ask: _Ask, request: bytes, since: float) -> None:
        try:
            await ask(request)
        except grpc.aio.AioRpcError:
            self.failed += 1
        else:
            self.latencies_s.append(time.perf_counter() - since)


async def opened(ask: _Ask, requests: Sequence[bytes], rate: float, seconds: float) -> Log:
    """Requests come when they are due, whatever became of those before."""
    log, chance, turns = Log(), random.Random(5), itertools.cycle(requests)  # noqa: S311 - repeatable, not secret
    due, until = time.perf_counter(), time.perf_counter() + seconds
    async with asyncio.TaskGroup() as group:
        running: set[asyncio.Task[None]] = set()
        while due < until:
            due += chance.expovariate(rate)
            await asyncio.sleep(due - time.perf_counter())
            if len(running) >= _OUTSTANDING:
                log.skipped += 1
                continue
            task = group.create_task(log.note(ask, next(turns), due))
            running.add(task)
            task.add_done_callback(running.discard)
    return log


async def measure(
    addr: str, rate: float, seconds: float, requests: Sequence[bytes]
) -> dict[str, float | int]:
    async with grpc.aio.insecure_channel(addr, options=_OPTIONS) as channel:
        ask: Any = channel.unary_unary(METHOD)
        for request in requests:
            await ask(request)
        start, cpu = time.perf_counter(), time.process_time()
        log = await opened(ask, requests, rate, seconds)
        took, spent = time.perf_counter() - start, time.process_time() - cpu
    ordered = sorted(log.latencies_s)

    def percentile_ms(share: float) -> float:
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return {
        "answered": len(ordered),
        "failed": log.failed,
        "skipped": log.skipped,
        "per_second": len(ordered) / took,
        "p50_ms": percentile_ms(0.50),
        "p95_ms": percentile_ms(0.95),
        "p99_ms": percentile_ms(0.99),
        "max_ms": 1000 * ordered[-1],
        "client_cpu_share": spent / took,
    }


def main() -> None:
    addr, rate, seconds = sys.argv[1:]
    requests = [base64.b64decode(text) for text in json.load(sys.stdin)]
    print(json.dumps(uvloop.run(measure(addr, float(rate), float(seconds), requests))))


if __name__ == "__main__":
    main()
