"""Jobs and the rows of batches in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, insert, literal, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from services.generator.adapters.breakdowns import count_breakdown
from services.generator.adapters.documents_batch import (
    failure_document,
    failure_of,
    row_document,
    row_of,
)
from services.generator.adapters.job_changes import CHANNEL
from services.generator.adapters.tables.jobs import BatchItemRow, GivenUpJobRow, JobFileRow, JobRow
from services.generator.domain.batch import Item, ItemState
from services.generator.domain.jobs import POSITIONS_COUNTED, Count, Job, Kind, Lane, State
from services.generator.domain.model import Position

_TELL = text("SELECT pg_notify(:channel, :id)")


class PostgresJobs:
    """The records of jobs."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(self, id: UUID) -> bool:
        await self._decide_about(id)
        return await self._session.get(GivenUpJobRow, id) is None

    async def give_up(self, id: UUID) -> bool:
        await self._decide_about(id)
        if await self._session.get(JobRow, id) is not None:
            return False
        await self._session.execute(upsert(GivenUpJobRow).values(id=id).on_conflict_do_nothing())
        return True

    async def _decide_about(self, id: UUID) -> None:
        """One transaction at a time; the next one sees what this one has written."""
        # An advisory lock, because there is no row to lock before either has won.
        await self._session.execute(
            select(func.pg_advisory_xact_lock(func.hashtextextended(f"atelier.generator.job.{id}", 0)))
        )

    async def add(self, job: Job) -> bool:
        entered = upsert(JobRow).values(
            id=job.id,
            owner=job.owner,
            kind=job.kind.value,
            lane=job.lane.value,
            price=job.price,
            total=job.total,
            created_at=job.created_at,
            **_changing(job),
        )
        new = entered.on_conflict_do_nothing().returning(JobRow.id)
        return await self._session.scalar(new) is not None

    async def get(self, id: UUID, owner: str | None = None) -> Job | None:
        row = await self._session.scalar(_of(owner).where(JobRow.id == id))
        return None if row is None else _job(row)

    async def those(self, ids: Collection[UUID]) -> Mapping[UUID, Job]:
        """Jobs by their ids."""
        rows = await self._session.scalars(_of(None).where(JobRow.id.in_(ids))) if ids else ()
        return {row.id: _job(row) for row in rows}

    async def lock(self, id: UUID, owner: str | None = None) -> Job | None:
        row = await self._session.scalar(_of(owner).where(JobRow.id == id).with_for_update(of=JobRow))
        return None if row is None else _job(row)

    async def replace(self, job: Job) -> None:
        await self._session.execute(
            update(JobRow)
            .where(JobRow.id == job.id)
            .values(**_changing(job))
            .execution_options(synchronize_session=False)
        )
        links = [{"job_id": job.id, "name": name, "key": file.key} for name, file in job.results.items()]
        if links:
            # The files themselves are noted after it: the reference is checked at the commit.
            await self._session.execute(insert(JobFileRow), links)
        await self._session.execute(_TELL, {"channel": CHANNEL, "id": str(job.id)})

    async def remove(self, owner: str, id: UUID) -> Job | None:
        job = await self.lock(id, owner)
        if job is not None:
            # Rows and links to files go along by their foreign keys.
            await self._session.execute(delete(JobRow).where(JobRow.id == id))
            await self._session.execute(_TELL, {"channel": CHANNEL, "id": str(id)})
        return job

    async def page(
        self, *, owner: str | None, state: State | None, limit: int, after: Position | None
    ) -> Sequence[Job]:
        place = tuple_(JobRow.created_at, JobRow.id)
        query = _of(owner).order_by(JobRow.created_at.desc(), JobRow.id.desc()).limit(limit)
        if state is not None:
            query = query.where(JobRow.state == state.value)
        if after is not None:
            query = query.where(place < tuple_(*map(literal, after)))
        return [_job(row) for row in await self._session.scalars(query)]

    async def position(self, job: Job) -> int:
        place = tuple_(JobRow.created_at, JobRow.id)
        before = and_(JobRow.lane == job.lane.value, place < tuple_(literal(job.created_at), literal(job.id)))
        if job.lane is Lane.NORMAL:
            before = or_(before, JobRow.lane == Lane.PRIORITY.value)
        waiting = select(literal(1)).where(JobRow.state == State.PENDING.value, before)
        counted = waiting.limit(POSITIONS_COUNTED - 1).subquery()
        return 1 + (await self._session.scalar(select(func.count()).select_from(counted)) or 0)


class PostgresItems:
    """The rows of batches."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, items: Sequence[Item]) -> None:
        if not items:
            return
        await self._session.execute(
            insert(BatchItemRow),
            [
                {
                    "job_id": item.job_id,
                    "place": item.index,
                    "asked": row_document(item.row),
                    "state": item.state.value,
                    "failure": failure_document(item.failure),
                }
                for item in items
            ],
        )

    async def pending(self, job_id: UUID, limit: int) -> Sequence[Item]:
        pending = _rows(job_id).where(BatchItemRow.state == ItemState.PENDING.value).limit(limit)
        return [_item(row) for row in await self._session.scalars(pending)]

    async def page(self, job_id: UUID, *, after: int, limit: int) -> Sequence[Item]:
        rows = _rows(job_id).where(BatchItemRow.place > after).limit(limit)
        return [_item(row) for row in await self._session.scalars(rows)]

    async def settle(self, item: Item) -> bool:
        settled = await self._session.execute(
            update(BatchItemRow)
            .where(
                BatchItemRow.job_id == item.job_id,
                BatchItemRow.place == item.index,
                BatchItemRow.state == ItemState.PENDING.value,
            )
            .values(state=item.state.value, failure=failure_document(item.failure))
            .returning(BatchItemRow.place)
            .execution_options(synchronize_session=False)
        )
        return settled.one_or_none() is not None

    async def broke_down(self, item: Item) -> int:
        # 0 where the job is gone: whoever goes on with it finds that out.
        return await count_breakdown(
            self._session, BatchItemRow, BatchItemRow.job_id == item.job_id, BatchItemRow.place == item.index
        )

    async def count(self, job_id: UUID) -> Count:
        made, failed = (
            func.count().filter(BatchItemRow.state == state.value)
            for state in (ItemState.MADE, ItemState.FAILED)
        )
        counted = await self._session.execute(select(made, failed).where(BatchItemRow.job_id == job_id))
        return Count(*counted.one())


def _of(owner: str | None) -> Select[tuple[JobRow]]:
    with_files = selectinload(JobRow.files).joinedload(JobFileRow.file)
    # Whatever was read before in this unit of work may have been replaced since.
    all_jobs = select(JobRow).options(with_files).execution_options(populate_existing=True)
    return all_jobs if owner is None else all_jobs.where(JobRow.owner == owner)


def _rows(job_id: UUID) -> Select[tuple[BatchItemRow]]:
    return select(BatchItemRow).where(BatchItemRow.job_id == job_id).order_by(BatchItemRow.place)


def _changing(job: Job) -> dict[str, Any]:
    """The columns that differ between revisions."""
    return {
        "made": job.count.made,
        "failed": job.count.failed,
        "progress": job.progress,
        "state": job.state.value,
        "failure": failure_document(job.failure),
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "revision": job.revision,
    }


def _job(row: JobRow) -> Job:
    return Job(
        id=row.id,
        owner=row.owner,
        kind=Kind(row.kind),
        lane=Lane(row.lane),
        price=row.price,
        total=row.total,
        created_at=row.created_at,
        state=State(row.state),
        count=Count(row.made, row.failed),
        progress=row.progress,
        failure=failure_of(row.failure),
        results={link.name: link.file.stored for link in row.files},
        started_at=row.started_at,
        ended_at=row.ended_at,
        revision=row.revision,
    )


def _item(row: BatchItemRow) -> Item:
    return Item(
        row.job_id,
        row.place,
        row_of(row.asked),
        ItemState(row.state),
        failure_of(row.failure),
        row.breakdowns,
    )
