"""The load comes when it is due, is the same for a seed, and hides nothing that it had to wait for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, replace

import numpy as np
import pytest

from benchmarks.growth import exponent
from benchmarks.load.generator import LOST, plan_of, run
from benchmarks.load.plan import Plan, Request
from benchmarks.load.report import Outcome, quantiles_ms

PLAN = Plan(
    url="http://127.0.0.1:1",
    seed=7,
    rate=200.0,
    seconds=1.0,
    mix={"read": 0.75, "write": 0.25},
    requests={
        "read": [Request("read", "GET", "/a"), Request("read", "GET", "/b")],
        "write": [Request("write", "POST", "/w", "token", {"x": 1})],
    },
)


@asynccontextmanager
async def answering(stall_s: float = 0.0, status: str = "200 OK") -> AsyncIterator[str]:
    """A server that answers at once, but does nothing at all for a while from its twentieth request on."""
    seen = 0
    free = asyncio.Event()
    free.set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.startswith(b"Content-Length")
                ),
                0,
            )
            await reader.readexactly(length)
            seen += 1
            if seen == 20 and stall_s:
                free.clear()
                asyncio.get_running_loop().call_later(stall_s, free.set)
            await free.wait()
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok".encode())

    ended: list[asyncio.Task[None]] = []

    async def until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            await answer(reader, writer)
        writer.close()
        await writer.wait_closed()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(asyncio.create_task(until_closed(reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.gather(*ended)


def test_a_seed_always_draws_the_same_load() -> None:
    assert PLAN.arrivals() == PLAN.arrivals() != replace(PLAN, seed=8).arrivals()


def test_arrivals_are_poisson_and_keep_the_mix() -> None:
    arrivals = replace(PLAN, seconds=100.0).arrivals()
    gaps = np.diff([due for due, _ in arrivals])
    assert len(arrivals) == pytest.approx(20_000, rel=0.03)
    # Of an exponential distribution, mean and standard deviation are one.
    assert np.std(gaps) == pytest.approx(np.mean(gaps), rel=0.03)
    reads = [request.path for _, request in arrivals if request.scenario == "read"]
    assert len(reads) == pytest.approx(0.75 * len(arrivals), rel=0.03)
    assert reads[:4] == ["/a", "/b", "/a", "/b"]


def test_load_stays_on_this_machine_and_within_bounds() -> None:
    with pytest.raises(ValueError, match="loopback"):
        replace(PLAN, url="http://example.org")
    with pytest.raises(ValueError, match="at most"):
        replace(PLAN, rate=1e6)


def test_a_plan_survives_the_way_to_the_load_s_process() -> None:
    assert plan_of(json.dumps(asdict(PLAN))).arrivals() == PLAN.arrivals()


async def test_a_stall_is_seen_by_everyone_who_was_due_in_it() -> None:
    async with answering(stall_s=0.5) as url:
        samples = await run(replace(PLAN, url=url))
    assert {sample.status for sample in samples} == {200}
    began = samples[19].due_s
    late = [sample.latency_ms for sample in samples if began < sample.due_s < began + 0.25]
    # A client that waited for each answer would have sent one request in that time, not fifty.
    assert len(late) > 20
    assert min(late) > 200


async def test_what_gets_no_answer_is_lost_and_what_is_refused_is_no_good_put() -> None:
    lost = await run(replace(PLAN, seconds=0.1))
    assert {sample.status for sample in lost} == {LOST}
    async with answering(status="503 Service Unavailable") as url:
        refused = await run(replace(PLAN, url=url, seconds=0.1))
    outcome = Outcome(replace(PLAN, seconds=0.1), [*lost, *refused], 0.0)
    assert outcome.goodput == 0
    assert outcome.refused == refused
    assert outcome.statuses == {"503": len(refused), "lost": len(lost)}


def test_quantiles_are_exact_values_of_the_samples() -> None:
    outcome = Outcome(PLAN, [], 0.0)
    assert quantiles_ms(outcome.good()) == {}


def test_the_exponent_of_a_cost_that_grows_as_the_root_is_a_half() -> None:
    sizes = (100, 1_000, 10_000)
    assert exponent(sizes, [size**0.5 for size in sizes]) == pytest.approx(0.5)
    assert exponent(sizes, [3.0] * 3) == pytest.approx(0)
