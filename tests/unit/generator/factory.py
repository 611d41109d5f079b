"""What tests of jobs share: the server's verbs and the worker's tasks on one world, and doubles of what is beyond it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from atelierkit import identity
from atelierkit.errors import Code, RemoteError
from services.generator.domain.batch import Row
from services.generator.domain.jobs import Job
from services.generator.domain.model import Look
from services.generator.tasks import JobTasks
from services.generator.use_cases.batches import CreateBatch
from services.generator.use_cases.endings import Reconcile
from services.generator.use_cases.jobs import CancelJob, GetJob, ListJobs, RetryJob, WatchJob
from services.generator.use_cases.withdrawals import ForgetWithdrawn
from services.generator.workplace import forget_faces, job_tasks
from tests.unit.generator.world import ANN, DRESS, WOMAN, World


class Mailbox:
    """Remembers what was announced."""

    def __init__(self) -> None:
        self.ended_jobs: list[Job] = []

    async def ended(self, job: Job) -> None:
        self.ended_jobs.append(job)


class Ghosts:
    """Acts for anybody, without a token of anybody's; refuses those whose accounts are gone."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.acted_for: list[str] = []

    @asynccontextmanager
    async def acting_for(self, owner: str) -> AsyncIterator[None]:
        if owner in self.gone:
            raise RemoteError("no such account", code=Code.NOT_FOUND, reason="NOT_FOUND")
        self.acted_for.append(owner)
        with identity.acting(identity.Caller(owner, frozenset(), "delegated")):
            yield


class Withdrawn:
    """Auth's list of people who have taken their consent back."""

    def __init__(self) -> None:
        self.people: list[str] = []
        self.confirmed: list[str] = []

    async def waiting(self) -> Sequence[str]:
        return list(self.people)

    async def confirm(self, owner: str) -> bool:
        self.people.remove(owner)
        self.confirmed.append(owner)
        return True


class Factory:
    """The server's verbs and the worker's tasks, on one world."""

    def __init__(self, world: World | None = None) -> None:
        """In a world of its own, or as another process in one that is there."""
        self.world = world or World()
        self.mailbox, self.ghosts = Mailbox(), Ghosts()
        tools = self.world.tools
        self.accept = CreateBatch(tools.units, tools.estimator, tools.credits, tools.clock)
        self.get = GetJob(tools.units)
        self.list = ListJobs(tools.units)
        self.cancel = CancelJob(tools.units, tools.clock)
        self.retry = RetryJob(tools.units, tools.clock)
        self.watch = WatchJob(self.get, self.world.changes)
        self.tasks: JobTasks = job_tasks(
            tools, announcer=self.mailbox, delegates=self.ghosts, hold_age=timedelta(minutes=5)
        )
        if world is None:
            self.tasks.register(self.world.rail, reconcile_every_s=60)
        self.withdrawals = Withdrawn()
        self.forget_withdrawn = ForgetWithdrawn(self.withdrawals, forget_faces(tools, self.ghosts))
        self.reconcile: Reconcile = self.tasks.reconcile

    async def withdraw(self, owner: str) -> None:
        """Take that person's consent back, and have the worker's round deal with it."""
        self.withdrawals.people.append(owner)
        await self.forget_withdrawn()

    async def work(self) -> int:
        """Do all that is due."""
        return await self.world.rail.run_due(self.world.clock)

    async def job(self, id: UUID, owner: str = ANN) -> Job:
        return (await self.get(owner, id)).job

    async def results(self, job: Job) -> dict[str, bytes]:
        return {name: await self.world.store.get(file) for name, file in job.results.items()}


def row(index: int = 0, **over) -> Row:
    body = replace(WOMAN, measurements_mm={"stature": 1600.0 + index, "waist_girth": 820.5})
    return replace(Row(body, Look(), DRESS, f"person {index}"), **over)


def rows(count: int) -> list[Row]:
    return [row(index) for index in range(count)]
