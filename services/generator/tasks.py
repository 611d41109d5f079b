"""What the generator's worker does: the tasks on the rail, each a verb."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from atelierkit.errors import AppError
from atelierkit.jobs import Again, Cause, Retry
from atelierkit.jobs.model import Tasks
from atelierkit.logs import get_logger
from services.generator import metrics
from services.generator.domain.albums import VideoOrder
from services.generator.domain.faces import AvatarOrder
from services.generator.domain.jobs import Failure, Job
from services.generator.domain.ports_jobs import Task
from services.generator.use_cases.batch_work import PASSING, WorkOnBatch
from services.generator.use_cases.endings import AnnounceJob, Reconcile, SettleJob
from services.generator.use_cases.face_rounds import ClearFaces
from services.generator.use_cases.job_work import WorkOnJob
from services.generator.use_cases.photo_work import ClearPhotos
from services.generator.use_cases.withdrawals import ForgetWithdrawn

RECONCILE = "generator.reconcile"
CLEAR_FACES = "generator.clear_faces"
FORGET_FACES = "generator.forget_faces"

_WORK = Retry(most=12, first_s=1.0, longest_s=30.0)
"""Five minutes in a row in which a neighbour is away; each row that is done in between starts them anew."""
_ENDING = Retry(most=40, first_s=1.0, longest_s=300.0)
"""Three hours; then the reconciler is left, and for the announcement nobody."""

_log = get_logger(__name__)


@dataclass(frozen=True)
class JobTasks:
    """The verbs behind the tasks."""

    work: WorkOnBatch
    photos: WorkOnJob[AvatarOrder]
    generations: WorkOnJob[Any]
    videos: WorkOnJob[VideoOrder]
    clear_photos: ClearPhotos
    settle: SettleJob
    announce: AnnounceJob
    reconcile: Reconcile

    def register(self, tasks: Tasks, *, reconcile_every_s: float) -> None:
        """Put them on the rail by their names."""
        tasks.task(Task.WORK, retry=_WORK, on_failed=self._give_up, on_poisoned=self._give_up)(self._work)
        verbs: Mapping[Task, WorkOnJob[Any]] = {
            Task.PHOTOS: self.photos,
            Task.GENERATION: self.generations,
            Task.VIDEO: self.videos,
        }
        for task, verb in verbs.items():
            given_up = _giving_up(verb)
            tasks.task(task, retry=_WORK, on_failed=given_up, on_poisoned=given_up)(_working(verb))
        tasks.task(Task.CLEAR, retry=_ENDING)(self._clear)
        tasks.task(Task.SETTLE, retry=_ENDING)(self._settle)
        tasks.task(Task.ANNOUNCE, retry=_ENDING)(self._announce)
        tasks.task(RECONCILE, every_s=reconcile_every_s)(self._reconcile)

    async def _work(self, job: str) -> None:
        """One slice; the job comes again while it is open."""
        try:
            after = await self.work(UUID(job))
        except AppError as error:
            if error.code in PASSING:
                raise
            # The account is gone or disabled, say: trying again will not help.
            await self._end(job, Failure(error.reason, error.message))
            return
        if after is None:
            return
        if not after.state.ended:
            raise Again
        metrics.job_ended(after)

    async def _give_up(self, cause: Cause, job: str) -> None:
        await self._end(job, Failure(cause.reason, cause.detail))

    async def _end(self, job: str, failure: Failure) -> None:
        ended: Job | None = await self.work.give_up(UUID(job), failure)
        if ended is not None:
            metrics.job_ended(ended)

    async def _clear(self, job: str) -> None:
        await self.clear_photos(UUID(job))

    async def _settle(self, job: str) -> None:
        await self.settle(UUID(job))

    async def _announce(self, job: str) -> None:
        await self.announce(UUID(job))

    async def _reconcile(self) -> None:
        repairs = await self.reconcile()
        metrics.reconciled(repairs)
        if any(repairs):
            _log.warning("holds were put right", released=repairs.released, settled=repairs.settled)


def _working(verb: WorkOnJob[Any]) -> Callable[[str], Awaitable[None]]:
    async def work(job: str) -> None:
        ended = await verb(UUID(job))
        if ended is not None:
            metrics.job_ended(ended)

    return work


def _giving_up(verb: WorkOnJob[Any]) -> Callable[[Cause, str], Awaitable[None]]:
    async def give_up(cause: Cause, job: str) -> None:
        ended = await verb.give_up(UUID(job), Failure(cause.reason, cause.detail))
        if ended is not None:
            metrics.job_ended(ended)

    return give_up


@dataclass(frozen=True)
class FaceRounds:
    """What is looked for again and again, for nobody in particular."""

    clear: ClearFaces
    withdrawn: ForgetWithdrawn

    def register(self, tasks: Tasks, *, every_s: float) -> None:
        """Put them on the rail by their names."""
        tasks.task(CLEAR_FACES, every_s=every_s)(self._clear)
        tasks.task(FORGET_FACES, every_s=every_s)(self.withdrawn)

    async def _clear(self) -> None:
        metrics.cleared(await self.clear())
