"""Batches of avatars are accepted whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4, uuid5

from atelierkit.errors import FieldFault
from services.generator.domain.batch import MOST_FAULTS, Item, Row
from services.generator.domain.errors import ImplausibleMeasurements
from services.generator.domain.jobs import Job, Kind, Lane, Queued
from services.generator.domain.ports import Clock, Estimator, UnitOfWork, UnitsOfWork
from services.generator.domain.ports_jobs import Credits, Task
from services.generator.use_cases.acceptance import AcceptJob


@dataclass(frozen=True)
class CreateBatch:
    """Accepts a batch, unless one of its rows fits nobody."""

    units: UnitsOfWork
    estimator: Estimator
    credits: Credits
    clock: Clock

    async def __call__(self, owner: str, rows: Sequence[Row], request_id: UUID | None = None) -> Queued:
        """The job; the one that was accepted before, where the same person's request of that id was.

        Raise ImplausibleMeasurements with faults of all rows, INSUFFICIENT_CREDITS, Unavailable.
        """
        accept = AcceptJob(self.units, self.credits)
        id = uuid4() if request_id is None else uuid5(request_id, owner)
        if (known := await accept.accepted(id)) is not None:
            return known
        await asyncio.to_thread(self._check, rows)
        price = await self.credits.price(Kind.AVATAR_BATCH)
        job = Job(id, owner, Kind.AVATAR_BATCH, Lane.NORMAL, price, len(rows), self.clock())

        async def entry(unit: UnitOfWork, job: Job) -> None:
            await unit.items.add([Item(job.id, index, row) for index, row in enumerate(rows)])
            await unit.rail.put(Task.WORK, job.id, job.lane)

        return await accept(job, entry)

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
