"""B. PostgreSQL is there, and others are in the way."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from atelierkit.postgres.launcher import DATABASE
from atelierkit.sql import UNDONE_AT_THE_END
from deploy.local.topology import LOOPBACK
from tests.faults.experiments.claims import MOST, NOISE_S, others_go_on, percentile
from tests.faults.harness.experiment import experiment
from tests.faults.harness.health import LIVE
from tests.faults.harness.http import client
from tests.faults.harness.stack import Stack
from tests.faults.harness.world import World

LOCKED_S = 12.0
"""Of the plan's 30 s: six times as long as anybody waits for a lock."""
WAITED_S = 4.5
"""2 s for a connection, 2 s for the lock, and a moment: half a second before the deadline."""
WATCHERS = 12
"""Requests that come at once: more than the pool has connections."""
IDLE_S = 5.0
"""All connections are back in the pool within this time."""
OF_JOBS = ("batch", "cancel", "job", "jobs", "receipts")
OF_THE_GENERATOR = (*OF_JOBS, "create", "change", "delete", "page", "get", "download", "preview")
UNDONE = 0.2
"""Share of the units of work that PostgreSQL undoes."""
SLOWER = 3.0
KEPT = 0.97
"""Share of the requests that are done all the same; four tries leave 0.2 % of the units of work undone."""
_POLL_S = 0.1


@experiment("F14", "somebody holds the table of jobs", alert="DatabaseStatementsStopped")
async def jobs_are_locked(world: World) -> None:
    """Who needs the table waits for a while and is refused; waiting holds no connection for good.

    So many come at once that the pool is empty as well, which the generator's other routes feel.
    """
    dice = world.random
    async with world.fault():
        with world.stack.database.admin(DATABASE) as admin, admin.transaction():
            admin.execute("LOCK TABLE generator.jobs IN ACCESS EXCLUSIVE MODE")
            while world.journal.now < world.fault_began + LOCKED_S:
                askers = dice.sample(list(world.users), WATCHERS)
                await asyncio.gather(
                    *(world.api.ask("jobs", "GET", "/v1/jobs", user=user) for user in askers)
                )
    refusals = [entry for entry in world.during(*OF_THE_GENERATOR) if not entry.good]
    world.claim(any(entry.operation in OF_JOBS for entry in refusals), "nobody noticed the fault")
    for entry in refusals:
        away = entry.status == HTTPStatus.SERVICE_UNAVAILABLE
        world.claim(away, f"{entry.operation} was answered {entry.status} {entry.closed_by}")
    slow = percentile(refusals, MOST)
    world.claim(slow < world.patient(WAITED_S), f"nine in ten were refused within {slow:.1f} s")
    others_go_on(world, OF_THE_GENERATOR)
    world.claim(world.health.good(LIVE, 0, world.fault_ended), "the gateway looked dead")
    for service in ("generator", "generator-worker"):
        left = await _fewest_in_use(world.stack, service)
        world.claim(left == 0, f"{service} holds {left:.0f} connections for good")


@experiment("F15", "PostgreSQL undoes a fifth of the transactions", alert="DatabaseStatementsStopped")
async def transactions_are_undone(world: World) -> None:
    """Serialization failures and deadlocks, at the end of a unit of work, where all of it is lost.

    The plan compares 99th percentiles; of some dozen requests that is one outlier, hence the median and nine in ten.
    """
    services = ("auth", "catalog", "generator", "auth-worker", "generator-worker")
    async with world.fault():
        await _restarted(world.stack, services, failpoints=f"{UNDONE_AT_THE_END}=draw:{UNDONE}")
        begun = world.journal.now
        await world.under_load(3)
        ended = world.journal.now
        await _restarted(world.stack, services)
    met = world.journal.between(begun, ended)
    share = sum(entry.good for entry in met) / len(met)
    world.claim(share >= KEPT, f"{share:.1%} of the requests were done")
    for entry in met:
        away = entry.status == HTTPStatus.SERVICE_UNAVAILABLE
        world.claim(entry.good or away, f"{entry.operation} was answered {entry.status} {entry.closed_by}")
    for which in (0.5, MOST):
        before, during = percentile(world.before(), which), percentile(met, which)
        slower = during <= SLOWER * before + NOISE_S
        world.claim(slower, f"{which:.0%} took {before:.2f} s before and {during:.2f} s then")


async def _restarted(stack: Stack, services: tuple[str, ...], *, failpoints: str = "") -> None:
    for service in services:
        await stack.stop(service)
    for service in services:
        stack.spawn(service, failpoints=failpoints)
    await asyncio.gather(*(stack.serves(service) for service in services))


async def _fewest_in_use(stack: Stack, service: str) -> float:
    """The smallest number of connections that were in use at a time, of the next seconds: a leak is always in use."""
    sample = 'atelier_sql_pool_connections{schema="generator",state="in_use"} '
    loop = asyncio.get_running_loop()
    until, fewest = loop.time() + IDLE_S, float("inf")
    async with client(f"http://{LOOPBACK}:{stack.of(service).ports.metrics}") as http:
        while fewest and loop.time() < until:
            text = (await http.get("/metrics")).text
            [line] = [line for line in text.splitlines() if line.startswith(sample)]
            fewest = min(fewest, float(line.removeprefix(sample)))
            await asyncio.sleep(_POLL_S)
    return fewest
