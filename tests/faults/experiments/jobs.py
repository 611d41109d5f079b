"""A. Processes die at their work on jobs: at every place of the job protocol, and anywhere at any time."""

from __future__ import annotations

import asyncio
import functools
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from deploy.local.topology import PROCESSES
from services.auth.bootstrap import units_opened
from services.auth.use_cases.administration import ChangeAccount, FindAccount
from tests.faults.harness import batches
from tests.faults.harness.batches import Batch
from tests.faults.harness.experiment import experiment
from tests.faults.harness.journal import Entry
from tests.faults.harness.records import ENDS, job_states, lost_holds
from tests.faults.harness.users import User
from tests.faults.harness.world import World

SERVER, WORKER = "generator", "generator-worker"
PAUSE_S = 0.2
REACHED_S = 60.0
"""Longest wait for a process to come to a place; it includes its start, and the age from which holds are looked at."""
MONKEY_JOBS = 500
MONKEY_ARRIVALS_PER_S = 4.0
"""They come over two minutes."""
MONKEY_PAUSE_S = 5.0
MONKEY_LIMIT_S = 1800.0
"""Longest time in which somebody asks again, and then longest wait for all jobs to end."""

Prepare = Callable[[World], Awaitable[None]]


async def _asked(world: World) -> None:
    """A batch waits for a worker."""
    await _accepted(world, _drawn(world))


async def _regretted(world: World) -> None:
    """A batch is cancelled before any of it is made: its hold is to be released."""
    batch = _drawn(world)
    entry = await _accepted(world, batch)
    await batches.cancel(world.api, batch.owner, entry.answer["id"])


async def _without_owner(world: World) -> None:
    """A batch waits whose owner's account is closed: nobody may act for them, and the job has to be given up."""
    owner = await world.newcomer()
    await _accepted(world, _drawn(world, owner))
    await _close(world, owner, closed=True)


async def _lost(world: World) -> None:
    """A hold without a job: its request died with the server, and nobody comes back for it."""
    owner = await world.newcomer()
    # The load's people may be those who bring the server to its end.
    while not await asyncio.to_thread(lost_holds, world.stack.database, owner.email):
        batch = _drawn(world, owner, keyed=False)
        await crash_server(world, "jobs.held", functools.partial(batches.send, world.api, batch))
    await world.stack.start(SERVER)


@dataclass(frozen=True)
class Place:
    """Where a process is killed, and what brings it there."""

    process: str
    prepare: Prepare = _asked
    """Done while the worker is away; the server's places are met by those who ask."""


PLACES: Mapping[str, Place] = {
    "jobs.held": Place(SERVER),
    "jobs.put": Place(SERVER),
    "jobs.recorded": Place(SERVER),
    "jobs.cancelled": Place(SERVER),
    "jobs.leased": Place(WORKER),
    "jobs.row_settled": Place(WORKER),
    "jobs.progressed": Place(WORKER),
    "jobs.collected": Place(WORKER),
    "jobs.result_stored": Place(WORKER),
    "jobs.completed": Place(WORKER),
    "jobs.captured": Place(WORKER),
    "jobs.announced": Place(WORKER),
    "jobs.released": Place(WORKER, _regretted),
    "jobs.given_up": Place(WORKER, _without_owner),
    "jobs.disowned": Place(WORKER, _lost),
    "jobs.reconciled": Place(WORKER, _lost),
}
"""Every place in the protocol of jobs; a test holds them against the code."""


@experiment("F07", "a process is killed at every place of the job protocol", alert="ServiceRestarted")
async def jobs_are_swept(world: World) -> None:
    """SIGKILL at each place in turn, in the order of the seed, by whoever comes there first.

    The next process to be killed starts where the last one fell, so a job may lose several workers on its way. What
    nobody was told of is asked for again under its key: the client never learns that there was a crash.
    """
    places = world.random.sample(sorted(PLACES), min(len(PLACES), world.scale.job_places))
    untold: list[Batch] = []
    async with world.fault():
        for name in places:
            world.journal.note("place", name=name, at=world.journal.now)
            world.stack.kill(WORKER)
            if PLACES[name].process == SERVER:
                untold.append(await _server_dies(world, name))
            else:
                await PLACES[name].prepare(world)
                world.stack.spawn(WORKER, failpoints=f"{name}=crash")
                await crashed(world, WORKER, name)
        await world.stack.start(WORKER)
        for person in world.newcomers:
            await _close(world, person, closed=False)
        for batch in untold:
            entry = await batches.send_until_told(world.api, batch, again=True, patience_s=REACHED_S)
            world.claim(entry.acknowledged, f"{batch.name} was answered {entry.status} after the crash")


@experiment("F09", "a process is killed every five seconds", alert="ServiceRestarted")
async def monkey(world: World) -> None:
    """Services and workers, at random, each started again at once, until 500 jobs have come to their end."""
    async with world.fault():
        killing = asyncio.create_task(_kill_on(world, random.Random(world.random.random())))
        try:
            told = await _sent_all(world, random.Random(world.random.random()))
            states = await _ended(world)
        finally:
            killing.cancel()
            with suppress(asyncio.CancelledError):
                await killing
        world.journal.note("ended", states=states, at=world.journal.now)
        for process in PROCESSES:
            await world.stack.serves(process)
    untold = [str(entry) for entry in told if not entry.acknowledged]
    world.claim(not untold, f"{len(untold)} of {MONKEY_JOBS} batches were not accepted: {untold[:5]}")
    world.claim(states.keys() <= ENDS, f"the jobs have not ended after {MONKEY_LIMIT_S:g} s: {states}")


async def _kill_on(world: World, dice: random.Random) -> None:
    while True:
        process = dice.choice(PROCESSES)
        world.journal.note("killed", process=process, at=world.journal.now)
        world.stack.kill(process)
        world.stack.spawn(process)
        await asyncio.sleep(MONKEY_PAUSE_S)


async def _sent_all(world: World, dice: random.Random) -> Sequence[Entry]:
    """The last answer to each of the batches, which come by an open schedule."""
    sent: list[asyncio.Task[Entry]] = []
    async with asyncio.TaskGroup() as group:
        for _ in range(MONKEY_JOBS):
            batch = batches.drawn(dice.choice(world.users), dice, rows=1)
            sending = batches.send_until_told(world.api, batch, patience_s=MONKEY_LIMIT_S)
            sent.append(group.create_task(sending))
            await asyncio.sleep(dice.expovariate(MONKEY_ARRIVALS_PER_S))
    return [task.result() for task in sent]


async def _ended(world: World) -> Mapping[str, int]:
    """How many jobs have ended how, once all have or had the time to."""
    give_up = world.journal.now + MONKEY_LIMIT_S
    while True:
        states = await asyncio.to_thread(job_states, world.stack.database)
        if states.keys() <= ENDS or world.journal.now > give_up:
            return states
        await asyncio.sleep(PAUSE_S)


async def _server_dies(world: World, place: str) -> Batch:
    """Have the server end there, while somebody asks for a batch and then for the end of it; gives the batch."""
    batch = _drawn(world)

    async def ask() -> None:
        entry = await batches.send(world.api, batch, again=True)
        if entry.acknowledged:
            await batches.cancel(world.api, batch.owner, entry.answer["id"])

    await crash_server(world, place, ask)
    await world.stack.start(SERVER)
    return batch


async def crash_server(world: World, place: str, ask: Callable[[], Awaitable[object]]) -> None:
    """Ask a server that is to end there, until it has."""
    world.stack.kill(SERVER)
    # Whether it serves is not waited for: the load may find the place first.
    world.stack.spawn(SERVER, failpoints=f"{place}=crash")
    give_up = world.journal.now + REACHED_S
    while world.stack.runs(SERVER) and world.journal.now < give_up:
        await ask()
        await asyncio.sleep(PAUSE_S)
    await crashed(world, SERVER, place)


async def crashed(world: World, process: str, place: str) -> None:
    """Wait until the process has ended there; a place that nobody reaches is a gap in the sweep."""
    try:
        async with asyncio.timeout(REACHED_S):
            await world.stack.crashed(process)
    except TimeoutError:
        world.claim(False, f"{place} was not reached")


async def _accepted(world: World, batch: Batch) -> Entry:
    """Send it until it is accepted. AssertionError where it is not: nothing that it needs is away."""
    entry = await batches.send_until_told(world.api, batch, patience_s=REACHED_S)
    assert entry.acknowledged, entry
    return entry


def _drawn(world: World, owner: User | None = None, *, keyed: bool = True) -> Batch:
    return batches.drawn(owner or world.random.choice(world.users), world.random, rows=1, keyed=keyed)


async def _close(world: World, person: User, *, closed: bool) -> None:
    """Close an account, or open it again, as operators do."""
    async with units_opened(world.stack.auth_settings) as units:
        account = await FindAccount(units)(person.email)
        change = ChangeAccount(units, functools.partial(datetime.now, UTC))
        await change(account.id, role=None, tier=None, disabled=closed)
