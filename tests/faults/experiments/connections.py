"""B. PostgreSQL is there, and connections to it are not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from typing import Any

import psycopg
from sqlalchemy import make_url

from atelierkit.postgres import EmbeddedPostgres
from atelierkit.postgres.launcher import DATABASE
from tests.faults.experiments.claims import MOST, NOTICED_S, percentile
from tests.faults.harness.experiment import experiment
from tests.faults.harness.health import LIVE, READY
from tests.faults.harness.world import World

ENDED_S = 20.0
"""A third of the plan's minute: every pool is emptied twenty times, which a minute would not do more thoroughly."""
EVERY_S = 1.0
REPEATED = 0.95
"""Share of the requests that are done all the same: a pool replaces what died before it is used, and what dies in
mid-transaction is done again."""
WAITED_S = 2.5
"""A pool waits for 2 s, and gRPC needs a moment."""
_TAKEN_EVERY_S = 0.05
_ALL_TAKEN_S = 30.0
_END_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND (%(role)s = '' OR usename = %(role)s)
"""
GENERATOR_ALONE = ("garments", "skins", "account", "login", "size", "balance")
"""Operations that need nothing of the generator."""


@experiment(
    "F12", "every connection to PostgreSQL is ended, again and again", alert="DatabaseConnectionsBreak"
)
async def connections_are_ended(world: World) -> None:
    """The server's own `pg_terminate_backend`, as an administrator, a pooler or a firewall would."""
    async with world.fault():
        while world.journal.now < world.fault_began + ENDED_S:
            with world.stack.database.admin() as admin:
                admin.execute(_END_SESSIONS, {"role": ""})
            await asyncio.sleep(EVERY_S)
    done = [entry for entry in world.during() if entry.good]
    share = len(done) / len(world.during())
    world.claim(share >= REPEATED, f"{share:.0%} of the requests were done")
    _refused_in_time(world)
    world.claim(world.health.good(LIVE, 0, world.fault_ended), "the gateway looked dead")
    world.claim(world.health.good(READY, 0, world.fault_ended), "the gateway left the balancing")


@experiment(
    "F13",
    "somebody else has all connections of PostgreSQL",
    watched=("auth", "catalog", "generator"),
    alert="DependencyDown",
)
async def connections_run_out(world: World) -> None:
    """The generator loses its own and gets no other; whoever kept theirs notices nothing."""
    async with world.fault(), _all_taken(world.stack.database, "generator"):
        lost = world.journal.now
        await world.under_load(2)
    _refused_in_time(world)
    refused = [entry for entry in world.during() if not entry.good]
    world.claim(bool(refused), "nobody noticed the fault")
    for entry in refused:
        unrelated = entry.operation in GENERATOR_ALONE
        world.claim(not unrelated, f"{entry.operation} was answered {entry.status} {entry.closed_by}")
    noticed = world.health.bad_after("generator", lost)
    world.claim(noticed < world.patient(NOTICED_S), f"the generator told after {noticed:.1f} s")
    for probe in (LIVE, READY, "auth", "catalog"):
        world.claim(world.health.good(probe, 0, world.fault_ended), f"{probe} was hurt")


def _refused_in_time(world: World) -> None:
    """What was not done was refused with 503, after a wait that is bounded."""
    refusals = [entry for entry in world.during() if not entry.good]
    for entry in refusals:
        away = entry.status == HTTPStatus.SERVICE_UNAVAILABLE
        world.claim(away, f"{entry.operation} was answered {entry.status} {entry.closed_by}")
    slow = percentile(refusals, MOST)
    world.claim(slow < world.patient(WAITED_S), f"nine in ten were refused within {slow:.1f} s")


@asynccontextmanager
async def _all_taken(database: EmbeddedPostgres, victim: str) -> AsyncIterator[None]:
    """A client of another service's has every connection that there is, and takes those of the victim as they end."""
    async with AsyncExitStack() as held:
        none_left = asyncio.Event()
        taking = asyncio.create_task(_take_all(database, victim, held, none_left))
        try:
            async with asyncio.timeout(_ALL_TAKEN_S):
                await none_left.wait()
            yield
        finally:
            taking.cancel()
            await asyncio.wait([taking])


async def _take_all(
    database: EmbeddedPostgres, victim: str, held: AsyncExitStack, none_left: asyncio.Event
) -> None:
    address = make_url(database.url("catalog")).set(drivername="postgresql")
    with database.admin(DATABASE) as admin:
        while True:
            try:
                connection: psycopg.AsyncConnection[Any] = await psycopg.AsyncConnection.connect(
                    address.render_as_string(hide_password=False)
                )
                held.push_async_callback(connection.close)
            except psycopg.OperationalError:
                admin.execute(_END_SESSIONS, {"role": victim})
                none_left.set()
                await asyncio.sleep(_TAKEN_EVERY_S)
