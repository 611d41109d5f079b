"""One run: people sign up, the load begins, the experiment breaks something, the checker judges what is left."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.faults.harness import checker, sinks
from tests.faults.harness.alerts import Alerts, watching
from tests.faults.harness.evidence import Evidence, Window
from tests.faults.harness.experiment import Experiment, Result
from tests.faults.harness.health import HealthWatch
from tests.faults.harness.http import client
from tests.faults.harness.inference import InferenceServer
from tests.faults.harness.journal import Journal
from tests.faults.harness.load import Load, Scale
from tests.faults.harness.recovery import Recovery
from tests.faults.harness.sinks import Sinks
from tests.faults.harness.stack import DEADLINE_S, Plan, Stack, running
from tests.faults.harness.users import Api, User
from tests.faults.harness.world import World

_LAG_INTERVAL_S = 0.02
BUSY = 0.9
"""Share of the machine's time from which on other work may be what slows the platform down."""
_TELLS_OF_SLOWNESS = re.compile(r"Slow|QueueStands|EventLoopBlocked|WorkTurnedAway|_fast$")
_IDLE_S = 0.5
_FIRST_AVATARS = 4
_SIGN_UPS_AT_A_TIME = 2
_FIRST_DEADLINE_S = 30.0
"""The first avatars find everything cold."""


@dataclass(frozen=True)
class Bench:
    """A platform that serves, ready for one run after another."""

    stack: Stack
    inference: InferenceServer | None
    sinks: Sinks
    users: Sequence[User]
    scale: Scale
    folder: Path
    """Where journals go."""
    alerts: bool
    """Whether Prometheus watches each run."""


@asynccontextmanager
async def bench(plan: Plan, scale: Scale, folder: Path, *, alerts: bool) -> AsyncIterator[Bench]:
    """The platform of that plan while the block runs, with an inference server where it wants one."""
    async with AsyncExitStack() as owned:
        server = await owned.enter_async_context(InferenceServer().running()) if plan.inference else None
        address = server.address if server else None
        told = await owned.enter_async_context(sinks.opened())
        stack = await owned.enter_async_context(
            running(plan, folder / "logs", inference_addr=address, beyond=told.variables())
        )
        users = await _people(stack, told, scale, folder)
        yield Bench(stack, server, told, users, scale, folder, alerts)


async def run(chosen: Experiment, on: Bench, seed: int) -> Result:
    """One run of an experiment. All that chance decides comes from the seed."""
    journal = Journal(on.folder / f"{chosen.number}-{seed}.jsonl")
    journal.note("run", experiment=chosen.number, seed=seed)
    lag = _Lag()
    async with AsyncExitStack() as owned:
        owned.callback(journal.close)
        if on.inference:
            await on.inference.restart(seed=seed)
        http = await owned.enter_async_context(_client(on.stack))
        api = Api(http, journal, DEADLINE_S)
        alerts = await owned.enter_async_context(watching(on.stack, journal)) if on.alerts else None
        await owned.enter_async_context(lag.watched())
        psutil.cpu_percent()  # from here on
        world, window = await _break(chosen, on, seed, api)
        busy = psutil.cpu_percent() / 100
        recovery = Recovery(on.stack, on.sinks, journal, window, lag.worst_s, on.scale.patience)
        evidence = await recovery.collect([*on.users, *world.newcomers], on.folder)
    return _result(chosen, seed, evidence, world, alerts, busy)


async def _break(chosen: Experiment, on: Bench, seed: int, api: Api) -> tuple[World, Window]:
    """The load, with the fault in its middle."""
    journal = api.journal
    health = HealthWatch(on.stack, journal, chosen.watched)
    dice = random.Random(f"{chosen.number}/{seed}")
    world = World(on.stack, on.scale, dice, journal, api, on.users, health, on.sinks, on.inference)
    load = Load(on.scale, journal, on.users, api, random.Random(f"load/{chosen.number}/{seed}"))
    began = journal.now
    async with health.running(), load.running():
        await asyncio.sleep(on.scale.before_s)
        await chosen.inflict(world)
        ended = journal.now
    return world, Window(began, world.fault_began, world.fault_ended, ended)


@asynccontextmanager
async def _client(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    # No bound on connections: a slow answer must never hold back another user's request. Idle ones are let go sooner
    # than a gateway that drains closes them: a request that meets the closing is lost, and nobody can tell from what.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=_IDLE_S)
    async with client(stack.url, limits=limits) as http:
        yield http


async def _people(stack: Stack, told: Sinks, scale: Scale, folder: Path) -> list[User]:
    """Accounts with credits and a webhook, and an avatar for some of them, before anything is broken."""
    at_a_time = asyncio.Semaphore(_SIGN_UPS_AT_A_TIME)
    journal = Journal(folder / "people.jsonl")

    async with _client(stack) as http:
        api = Api(http, journal, _FIRST_DEADLINE_S)

        async def person(index: int) -> User:
            async with at_a_time:
                user = await api.sign_up(f"person-{index}@example.org")
                await api.verify(user, await told.verification_token(user.email))
                await api.add_webhook(user, told.everybodys.url)
                return user

        users = await asyncio.gather(*map(person, range(scale.users)))
        draft: dict[str, Any] = {"bodyType": "neutral", "measurements": {"stature": 1700}}
        for user in users[:_FIRST_AVATARS]:
            made = await api.make(user, draft)
            assert made.acknowledged, made
    journal.close()
    return users


@dataclass
class _Lag:
    """How late this process gets to run: what it cannot have seen sooner is no fault of the platform's."""

    worst_s: float = 0.0

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        async def watch() -> None:
            loop = asyncio.get_running_loop()
            while True:
                before = loop.time()
                await asyncio.sleep(_LAG_INTERVAL_S)
                self.worst_s = max(self.worst_s, loop.time() - before - _LAG_INTERVAL_S)

        watcher = asyncio.create_task(watch())
        try:
            yield
        finally:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher


def _result(
    chosen: Experiment, seed: int, evidence: Evidence, world: World, alerts: Alerts | None, busy: float
) -> Result:
    journal = evidence.journal
    fired = None if alerts is None else alerts.since(world.fault_began)
    claims = [*world.broken_claims, *_untold(chosen, fired, busy)]
    return Result(
        number=chosen.number,
        seed=seed,
        date=datetime.now(UTC).date().isoformat(),
        violations=[*checker.violations(evidence), *(f"claim: {claim}" for claim in claims)],
        requests=len(journal),
        lost_writes=sum(1 for _ in checker.acknowledged_is_durable(evidence)),
        hung=sum(1 for entry in journal if entry.hung or entry.answered is None),
        worst_past_deadline_ms=1000 * max(map(checker.past_deadline, journal), default=0.0),
        recovery_s=checker.recovery_s(evidence),
        journal=journal.path,
        alerts=fired,
        busy=busy,
        lag_s=evidence.lag_s,
    )


def _untold(chosen: Experiment, fired: Sequence[str] | None, busy: float) -> list[str]:
    """What is wrong with the alerts; nothing where nobody watched them."""
    if fired is None:
        return []
    if not chosen.alert:
        wrong = (name for name in fired if busy < BUSY or not _TELLS_OF_SLOWNESS.search(name))
        return [f"{name} fired without a fault" for name in wrong]
    return [] if chosen.alert in fired else [f"{chosen.alert} did not fire; {', '.join(fired) or 'none'} did"]
