"""Generations and sittings in memory: the twin of ``postgres_generations.py`` for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from statistics import fmean
from uuid import UUID

from services.generator.adapters.memory_jobs import MemoryJobs
from services.generator.domain.generations import PICTURE, Generation, GenerationStats, Portrait, Sitting
from services.generator.domain.jobs import State
from services.generator.domain.model import Position, StoredFile


class MemoryGenerations:
    """Generations by id, each with the job that it was stored with; and how often the mesher broke down over it."""

    def __init__(
        self,
        by_id: dict[UUID, Generation],
        breakdowns: dict[UUID, int],
        jobs: MemoryJobs,
        sittings: dict[UUID, Sitting],
    ) -> None:
        self.by_id = by_id
        self.breakdowns = breakdowns
        self.jobs = jobs
        self._sittings = sittings

    async def add(self, generation: Generation) -> None:
        self.by_id[generation.id] = generation

    async def get(self, owner: str, id: UUID) -> Generation | None:
        return next((found for found in self._of(owner) if found.id == id), None)

    async def sitting_of(self, id: UUID) -> UUID | None:
        return self._now(self.by_id[id]).sitting_id if id in self.by_id and id in self.jobs.by_id else None

    async def page(
        self, owner: str, *, limit: int, offset: int = 0, after: Position | None = None
    ) -> Sequence[Generation]:
        older = [found for found in self._of(owner) if after is None or _place(found) < after]
        return sorted(older, key=_place, reverse=True)[offset : offset + limit]

    async def count(self, owner: str) -> int:
        return len(self._of(owner))

    async def stats(self, owner: str) -> GenerationStats:
        own = [found.job for found in self._of(owner)]
        completed = [job for job in own if job.state is State.COMPLETED]
        seconds = [
            (job.ended_at - job.started_at).total_seconds()
            for job in completed
            if job.ended_at is not None and job.started_at is not None
        ]
        return GenerationStats(
            total=len(own),
            completed=len(completed),
            failed=sum(job.state is State.FAILED for job in own),
            cancelled=sum(job.state is State.CANCELLED for job in own),
            mean_seconds=fmean(seconds) if seconds else 0.0,
            credits=sum(job.cost for job in completed),
        )

    async def clamped(self, id: UUID, bones: Sequence[str]) -> None:
        self.by_id[id] = replace(self.by_id[id], clamped_bones=tuple(bones))

    async def broke_down(self, id: UUID) -> int:
        if id not in self.by_id:
            return 0
        self.breakdowns[id] = self.breakdowns.get(id, 0) + 1
        return self.breakdowns[id]

    async def remove(self, owner: str, id: UUID) -> Generation | None:
        found = await self.get(owner, id)
        if found is None:
            return None
        del self.by_id[id]
        kept = {name: file for name, file in found.job.results.items() if name != PICTURE}
        self.jobs.by_id[id] = replace(found.job, results=kept)
        return found

    def _of(self, owner: str) -> list[Generation]:
        """As they are now: a generation whose job is gone is gone with it."""
        return [
            self._now(found)
            for id, found in self.by_id.items()
            if id in self.jobs.by_id and found.job.owner == owner
        ]

    def _now(self, stored: Generation) -> Generation:
        sitting = self._sittings.get(stored.sitting_id) if stored.sitting_id else None
        kept = sitting.photo if sitting and sitting.photo_delete_at else None
        return replace(
            stored,
            job=self.jobs.by_id[stored.id],
            sitting_id=sitting.id if sitting else None,
            photo=kept,
        )


class MemorySittings:
    """Sittings by id."""

    def __init__(self, by_id: dict[UUID, Sitting], generations: MemoryGenerations) -> None:
        self.by_id = by_id
        self._generations = generations

    async def add(self, sitting: Sitting) -> None:
        self.by_id[sitting.id] = sitting

    async def get(self, id: UUID) -> Sitting | None:
        return self.by_id.get(id)

    async def keep_portrait(self, id: UUID, portrait: Portrait) -> Portrait | None:
        sitting = self.by_id.get(id)
        if sitting is None or not self._is_at_work(sitting):
            return None
        self.by_id[id] = replace(sitting, portrait=sitting.portrait or portrait)
        return self.by_id[id].portrait

    async def leave(self, id: UUID) -> Sequence[StoredFile]:
        sitting = self.by_id.get(id)
        if sitting is None or self._is_at_work(sitting):
            return ()
        if sitting.photo_delete_at is None or not self._of(sitting):
            del self.by_id[id]
            return sitting.files()
        self.by_id[id] = replace(sitting, portrait=None)
        return sitting.portrait.files if sitting.portrait else ()

    async def retained_too_long(self, now: datetime, limit: int) -> Sequence[UUID]:
        return [
            sitting.id
            for sitting in self.by_id.values()
            if sitting.photo and sitting.photo_delete_at and sitting.photo_delete_at <= now
        ][:limit]

    async def forget_photo(self, id: UUID) -> Sequence[StoredFile]:
        sitting = self.by_id.get(id)
        if sitting is None or sitting.photo is None:
            return ()
        self.by_id[id] = replace(sitting, photo=None)
        return (sitting.photo.file,)

    def _of(self, sitting: Sitting) -> list[Generation]:
        """As they are now: one whose job is gone is gone with it."""
        jobs = self._generations.jobs.by_id
        kept = self._generations.by_id.values()
        return [
            replace(each, job=jobs[each.id])
            for each in kept
            if each.id in jobs and each.sitting_id == sitting.id
        ]

    def _is_at_work(self, sitting: Sitting) -> bool:
        return any(not each.job.state.ended for each in self._of(sitting))


def _place(generation: Generation) -> Position:
    return Position(generation.created_at, generation.id)
