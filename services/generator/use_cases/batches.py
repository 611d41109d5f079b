"""Batches of avatars are accepted whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4, uuid5

from atelierkit import failpoints
from atelierkit.errors import FieldFault
from atelierkit.repeat import repeated
from services.generator.domain.batch import MOST_FAULTS, Item, Row
from services.generator.domain.errors import ImplausibleMeasurements
from services.generator.domain.jobs import Job, Kind, Lane, Queued
from services.generator.domain.ports import Clock, Estimator, UnitsOfWork
from services.generator.domain.ports_jobs import Credits, Task
from services.generator.use_cases.jobs import queued


@dataclass(frozen=True)
class CreateBatch:
    """Accepts a batch.

    First the hold, then the record: a crash between the two leaves a hold, which the reconciler gives back. The other
    way round it would leave avatars that nobody pays. Nobody can tell a request that died from one that is slow, so the
    hold may be gone when the record comes: then it is refused, and the batch becomes a job of another id.
    """

    units: UnitsOfWork
    estimator: Estimator
    credits: Credits
    clock: Clock

    async def __call__(self, owner: str, rows: Sequence[Row], request_id: UUID | None = None) -> Queued:
        """The job; the one that was accepted before, where the same person's request of that id was.

        Raise ImplausibleMeasurements with faults of all rows, INSUFFICIENT_CREDITS, Unavailable.
        """
        id = uuid4() if request_id is None else uuid5(request_id, owner)
        if (known := await self._accepted(id)) is not None:
            return known
        await asyncio.to_thread(self._check, rows)
        price = await self.credits.avatar_price()
        job = Job(id, owner, Kind.AVATAR_BATCH, Lane.NORMAL, price, len(rows), self.clock())
        if price and not await self.credits.reserve(owner, id, job.credits):
            # An earlier attempt held its price, was never recorded, and got it back: this one is another job.
            return await self(owner, rows, id)
        if not await self._recorded(job, rows):
            # The reconciler may be about to give the hold back, and it may be all that its owner has.
            await self.credits.release(id)
            return await self(owner, rows, id)
        await failpoints.reach("jobs.recorded")
        return await self._accepted(id) or Queued(job, 0)

    @repeated
    async def _recorded(self, job: Job, rows: Sequence[Row]) -> bool:
        """Record the job, unless it is; False where it was given up meanwhile."""
        await failpoints.reach("jobs.held")
        async with self.units() as unit:
            if not await unit.jobs.claim(job.id):
                return False
            if await unit.jobs.add(job):
                await unit.items.add([Item(job.id, index, row) for index, row in enumerate(rows)])
                await unit.rail.put(Task.WORK, job.id, job.lane)
            await failpoints.reach("jobs.put")
        return True

    @repeated
    async def _accepted(self, id: UUID) -> Queued | None:
        async with self.units() as unit:
            job = await unit.jobs.get(id)
            return None if job is None else await queued(unit, job)

    def _check(self, rows: Sequence[Row]) -> None:
        """Half a second for a thousand rows, hence in a thread."""
        faults: list[FieldFault] = []
        for index, row in enumerate(rows):
            try:
                self.estimator.complete(row.body)
            except ImplausibleMeasurements as refusal:
                faults += _in_row(index, refusal.faults)
            if len(faults) >= MOST_FAULTS:
                break
        if faults:
            raise ImplausibleMeasurements(faults[:MOST_FAULTS])


def _in_row(index: int, faults: Iterable[FieldFault]) -> Iterable[FieldFault]:
    return (replace(fault, field=f"rows[{index}].{fault.field}") for fault in faults)
