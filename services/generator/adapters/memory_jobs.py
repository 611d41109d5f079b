"""Jobs and the rows of batches in memory: the twin of ``postgres_jobs.py`` for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.generator.domain.batch import Item, ItemState
from services.generator.domain.jobs import POSITIONS_COUNTED, Count, Job, Lane, State
from services.generator.domain.model import Position


class MemoryJobs:
    """Jobs by id."""

    def __init__(self, by_id: dict[UUID, Job], given_up: set[UUID], items: MemoryItems) -> None:
        self.by_id = by_id
        self.given_up = given_up
        self._items = items
        self.changed: list[UUID] = []

    async def claim(self, id: UUID) -> bool:
        return id not in self.given_up

    async def give_up(self, id: UUID) -> bool:
        if id in self.by_id:
            return False
        self.given_up.add(id)
        return True

    async def add(self, job: Job) -> bool:
        return self.by_id.setdefault(job.id, job) is job

    async def get(self, id: UUID, owner: str | None = None) -> Job | None:
        found = self.by_id.get(id)
        return found if found is not None and owner in (None, found.owner) else None

    async def lock(self, id: UUID, owner: str | None = None) -> Job | None:
        # Units of work take turns.
        return await self.get(id, owner)

    async def replace(self, job: Job) -> None:
        self.by_id[job.id] = job
        self.changed.append(job.id)

    async def remove(self, owner: str, id: UUID) -> Job | None:
        found = await self.get(id, owner)
        if found is None:
            return None
        self._items.drop(id)
        self.changed.append(id)
        return self.by_id.pop(id)

    async def page(
        self, *, owner: str | None, state: State | None, limit: int, after: Position | None
    ) -> Sequence[Job]:
        found = [
            job
            for job in self.by_id.values()
            if owner in (None, job.owner)
            and state in (None, job.state)
            and (after is None or _place(job) < after)
        ]
        return sorted(found, key=_place, reverse=True)[:limit]

    async def position(self, job: Job) -> int:
        before = [
            other
            for other in self.by_id.values()
            if other.state is State.PENDING
            and (
                (other.lane is job.lane and _place(other) < _place(job))
                or (job.lane is Lane.NORMAL and other.lane is Lane.PRIORITY)
            )
        ]
        return min(POSITIONS_COUNTED, 1 + len(before))


class MemoryItems:
    """Rows by job and place."""

    def __init__(self, by_place: dict[tuple[UUID, int], Item]) -> None:
        self.by_place = by_place

    async def add(self, items: Sequence[Item]) -> None:
        self.by_place.update({(item.job_id, item.index): item for item in items})

    async def pending(self, job_id: UUID, limit: int) -> Sequence[Item]:
        return [item for item in self._of(job_id) if item.state is ItemState.PENDING][:limit]

    async def page(self, job_id: UUID, *, after: int, limit: int) -> Sequence[Item]:
        return [item for item in self._of(job_id) if item.index > after][:limit]

    async def settle(self, item: Item) -> bool:
        key = item.job_id, item.index
        if self.by_place[key].state is not ItemState.PENDING:
            return False
        self.by_place[key] = item
        return True

    async def broke_down(self, item: Item) -> int:
        key = item.job_id, item.index
        now = replace(self.by_place[key], breakdowns=self.by_place[key].breakdowns + 1)
        self.by_place[key] = now
        return now.breakdowns

    async def count(self, job_id: UUID) -> Count:
        states = [item.state for item in self._of(job_id)]
        return Count(states.count(ItemState.MADE), states.count(ItemState.FAILED))

    def drop(self, job_id: UUID) -> None:
        """Forget a job's rows, as its foreign key does in PostgreSQL."""
        for item in self._of(job_id):
            del self.by_place[job_id, item.index]

    def _of(self, job_id: UUID) -> list[Item]:
        own = [item for item in self.by_place.values() if item.job_id == job_id]
        return sorted(own, key=lambda item: item.index)


def _place(job: Job) -> Position:
    return Position(job.created_at, job.id)
