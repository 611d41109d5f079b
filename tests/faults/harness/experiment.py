"""The register of experiments, and how one runs: load, fault, recovery, checker."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from atelierkit.testing.triton import FakeTriton
from tests.faults.harness import checker
from tests.faults.harness.evidence import Evidence, Window
from tests.faults.harness.health import HealthWatch
from tests.faults.harness.journal import Journal
from tests.faults.harness.load import Load, Scale
from tests.faults.harness.recovery import collect
from tests.faults.harness.stack import DEADLINE_S, Plan, Stack
from tests.faults.harness.users import Api, User
from tests.faults.harness.world import World

_LAG_INTERVAL_S = 0.02
_FIRST_AVATARS = 4

Inflict = Callable[[World], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Experiment:
    """A fault, the platform that it befalls, and what is claimed about it beyond the invariants."""

    number: str
    """Of the plan's list of faults, e.g. `F02`."""
    title: str
    inflict: Inflict
    plan: Plan
    watched: tuple[str, ...]
    """Services whose gRPC health is probed."""
    alert: str | None
    """Alert that fires while the fault lasts; None where no alert is meant for it."""


EXPERIMENTS: dict[str, Experiment] = {}


def experiment(
    number: str,
    title: str,
    *,
    plan: Plan | None = None,
    watched: tuple[str, ...] = (),
    alert: str | None = None,
) -> Callable[[Inflict], Inflict]:
    """Enter a function into the register."""

    def enter(inflict: Inflict) -> Inflict:
        assert number not in EXPERIMENTS, number
        EXPERIMENTS[number] = Experiment(number, title, inflict, plan or Plan(), watched, alert)
        return inflict

    return enter


@dataclass(frozen=True)
class Result:
    """How one run went."""

    number: str
    seed: int
    violations: Sequence[str]
    requests: int
    lost_writes: int
    hung: int
    worst_past_deadline_ms: float
    recovery_s: float
    journal: Path
    alerts: Sequence[str] = ()
    """Alerts that fired."""

    @property
    def passed(self) -> bool:
        """Whether nothing was violated."""
        return not self.violations


async def run(
    chosen: Experiment,
    stack: Stack,
    *,
    scale: Scale,
    seed: int,
    folder: Path,
    triton: FakeTriton | None = None,
) -> Result:
    """One run of an experiment on a platform that serves. All that chance decides comes from the seed."""
    dice = random.Random(f"{chosen.number}/{seed}")
    journal = Journal(folder / f"{chosen.number}-{seed}.jsonl")
    journal.note("run", experiment=chosen.number, seed=seed)
    lag = _Lag()
    async with _client(stack) as http, lag.watched():
        api = Api(http, journal, DEADLINE_S)
        users = await _people(api, f"{chosen.number.lower()}-{seed}", scale.users)
        health = HealthWatch(stack, journal, chosen.watched)
        world = World(stack, scale, dice, journal, api, users, health, triton)
        load = Load(scale, journal, users, api, random.Random(f"load/{seed}"))
        began = journal.now
        lag.worst_s = 0.0
        async with health.running(), load.running():
            await asyncio.sleep(scale.before_s)
            await chosen.inflict(world)
            ended = journal.now
        window = Window(began, world.fault_began, world.fault_ended, ended)
        evidence = await collect(stack, journal, window, lag.worst_s, users, folder)
    journal.close()
    return _result(chosen, seed, evidence, world.broken_claims)


@asynccontextmanager
async def _client(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    # No bound on connections: a slow answer must never hold back another user's request.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=5)
    async with httpx.AsyncClient(base_url=stack.url, limits=limits) as http:
        yield http


async def _people(api: Api, name: str, count: int) -> list[User]:
    """Accounts, and an avatar for some of them."""
    users = await asyncio.gather(*(api.sign_up(f"{name}-{index}@example.org") for index in range(count)))
    for user in users[:_FIRST_AVATARS]:
        draft: dict[str, Any] = {"bodyType": "neutral", "measurements": {"stature": 1700}}
        entry, answer = await api.ask(
            "create", "POST", "/v1/avatars", user=user, json=draft, intent={"draft": draft}, deadline_s=30
        )
        assert answer is not None, entry
        assert entry.acknowledged, entry
        user.avatars.append(answer.json()["id"])
    return users


@dataclass
class _Lag:
    """How late this process gets to run: what it cannot have seen sooner is no fault of the platform's."""

    worst_s: float = field(default=0.0)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        async def watch() -> None:
            loop = asyncio.get_running_loop()
            while True:
                before = loop.time()
                await asyncio.sleep(_LAG_INTERVAL_S)
                self.worst_s = max(self.worst_s, loop.time() - before - _LAG_INTERVAL_S)

        watching = asyncio.create_task(watch())
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching


def _result(chosen: Experiment, seed: int, evidence: Evidence, broken_claims: Sequence[str]) -> Result:
    journal = evidence.journal
    return Result(
        number=chosen.number,
        seed=seed,
        violations=[*checker.violations(evidence), *(f"claim: {claim}" for claim in broken_claims)],
        requests=len(journal),
        lost_writes=sum(1 for _ in checker.acknowledged_is_durable(evidence)),
        hung=sum(1 for entry in journal if entry.hung or entry.answered is None),
        worst_past_deadline_ms=1000 * max(map(checker.past_deadline, journal), default=0.0),
        recovery_s=checker.recovery_s(evidence),
        journal=journal.path,
    )
