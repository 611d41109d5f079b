"""What jobs were asked for, in memory, for tests."""

from __future__ import annotations

from typing import Generic, TypeVar
from uuid import UUID

Order = TypeVar("Order")


class MemoryOrders(Generic[Order]):
    """Orders by job, and how often the mesher broke down over each."""

    def __init__(self, by_job: dict[UUID, tuple[Order, int]]) -> None:
        self.by_job = by_job

    async def add(self, job_id: UUID, order: Order) -> None:
        self.by_job[job_id] = order, 0

    async def get(self, job_id: UUID) -> Order | None:
        found = self.by_job.get(job_id)
        return None if found is None else found[0]

    async def broke_down(self, job_id: UUID) -> int:
        if job_id not in self.by_job:
            return 0
        order, breakdowns = self.by_job[job_id]
        self.by_job[job_id] = order, breakdowns + 1
        return breakdowns + 1
