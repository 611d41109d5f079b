"""Generations, and the sittings that they share, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from services.generator.adapters.breakdowns import count_breakdown
from services.generator.adapters.documents_generations import (
    portrait_document,
    portrait_of,
    sitting_document,
    sitting_of,
    sketch_document,
    sketch_of,
)
from services.generator.adapters.postgres_jobs import PostgresJobs
from services.generator.adapters.tables.generations import GenerationRow, SittingFileRow, SittingRow
from services.generator.adapters.tables.jobs import JobFileRow, JobRow
from services.generator.domain.faces import Photo
from services.generator.domain.generations import PICTURE, Generation, GenerationStats, Portrait, Sitting
from services.generator.domain.jobs import State
from services.generator.domain.model import FaceFiles, Position, StoredFile

_PHOTO = "photo"
_OF_A_PORTRAIT = ("geometry", "texture")
"""Roles of the files of FaceFiles, in its order."""
_OPEN = (State.PENDING.value, State.PROCESSING.value)


class PostgresGenerations:
    """The records of generations; their jobs are read with those of all kinds."""

    def __init__(self, session: AsyncSession, jobs: PostgresJobs, sittings: PostgresSittings) -> None:
        self._session = session
        self._jobs = jobs
        self._sittings = sittings

    async def add(self, generation: Generation) -> None:
        await self._session.execute(
            insert(GenerationRow).values(
                id=generation.id,
                owner=generation.job.owner,
                sitting_id=generation.sitting_id,
                sketch=sketch_document(generation.sketch),
                clamped_bones=list(generation.clamped_bones),
                created_at=generation.created_at,
            )
        )

    async def get(self, owner: str, id: UUID) -> Generation | None:
        row = await self._session.scalar(_of(owner).where(GenerationRow.id == id))
        return None if row is None else (await self._whole([row]))[0]

    async def sitting_of(self, id: UUID) -> UUID | None:
        return await self._session.scalar(select(GenerationRow.sitting_id).where(GenerationRow.id == id))

    async def page(
        self, owner: str, *, limit: int, offset: int = 0, after: Position | None = None
    ) -> Sequence[Generation]:
        place = tuple_(GenerationRow.created_at, GenerationRow.id)
        query = _of(owner).order_by(GenerationRow.created_at.desc(), GenerationRow.id.desc())
        if after is not None:
            query = query.where(place < tuple_(*map(literal, after)))
        return await self._whole((await self._session.scalars(query.offset(offset).limit(limit))).all())

    async def count(self, owner: str) -> int:
        own = select(func.count()).select_from(GenerationRow).where(GenerationRow.owner == owner)
        return await self._session.scalar(own) or 0

    async def stats(self, owner: str) -> GenerationStats:
        completed = JobRow.state == State.COMPLETED.value
        took = func.extract("epoch", JobRow.ended_at - JobRow.started_at)
        sums = select(
            func.count(),
            func.count().filter(completed),
            func.count().filter(JobRow.state == State.FAILED.value),
            func.count().filter(JobRow.state == State.CANCELLED.value),
            func.coalesce(func.avg(took).filter(completed), 0.0),
            func.coalesce(func.sum(JobRow.price * JobRow.made).filter(completed), 0),
        ).join_from(GenerationRow, JobRow, JobRow.id == GenerationRow.id)
        total, done, failed, cancelled, seconds, credits = (
            await self._session.execute(sums.where(GenerationRow.owner == owner))
        ).one()
        return GenerationStats(total, done, failed, cancelled, float(seconds), int(credits))

    async def clamped(self, id: UUID, bones: Sequence[str]) -> None:
        await self._session.execute(_change(id).values(clamped_bones=list(bones)))

    async def broke_down(self, id: UUID) -> int:
        return await count_breakdown(self._session, GenerationRow, GenerationRow.id == id)

    async def remove(self, owner: str, id: UUID) -> Generation | None:
        generation = await self.get(owner, id)
        if generation is None:
            return None
        await self._session.execute(delete(GenerationRow).where(GenerationRow.id == id))
        of_it = (JobFileRow.job_id == id, JobFileRow.name == PICTURE)
        await self._session.execute(delete(JobFileRow).where(*of_it))
        return generation

    async def _whole(self, rows: Sequence[GenerationRow]) -> list[Generation]:
        """With their jobs and photos, which are read in one query each."""
        jobs = await self._jobs.those({row.id for row in rows})
        photos = await self._sittings.kept_photos({row.sitting_id for row in rows if row.sitting_id})
        return [
            Generation(
                job=jobs[row.id],
                sketch=sketch_of(row.sketch),
                sitting_id=row.sitting_id,
                photo=photos.get(row.sitting_id) if row.sitting_id else None,
                clamped_bones=tuple(row.clamped_bones),
            )
            for row in rows
        ]


class PostgresSittings:
    """The records of sittings."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, sitting: Sitting) -> None:
        await self._session.execute(
            insert(SittingRow).values(
                id=sitting.id, asked=sitting_document(sitting), photo_delete_at=sitting.photo_delete_at
            )
        )
        if sitting.photo is not None:
            await self._link(sitting.id, {_PHOTO: sitting.photo.file})

    async def get(self, id: UUID) -> Sitting | None:
        row = await self._session.scalar(_sittings().where(SittingRow.id == id))
        return None if row is None else _sitting(row)

    async def kept_photos(self, ids: set[UUID]) -> dict[UUID, Photo]:
        """Those photos of these sittings that people keep."""
        kept = _sittings().where(SittingRow.id.in_(ids), SittingRow.photo_delete_at.is_not(None))
        found = [_sitting(row) for row in await self._session.scalars(kept)] if ids else []
        return {sitting.id: sitting.photo for sitting in found if sitting.photo}

    async def keep_portrait(self, id: UUID, portrait: Portrait) -> Portrait | None:
        sitting = await self._locked(id)
        if sitting is None or not await self._is_at_work(id):
            return None
        if sitting.portrait is not None:
            return sitting.portrait
        await self._change(id, portrait=portrait_document(portrait))
        await self._link(id, dict(zip(_OF_A_PORTRAIT, portrait.files, strict=True)))
        return portrait

    async def leave(self, id: UUID) -> Sequence[StoredFile]:
        sitting = await self._locked(id)
        if sitting is None or await self._is_at_work(id):
            return ()
        if sitting.photo_delete_at is None or not await self._is_shown(id):
            await self._session.execute(delete(SittingRow).where(SittingRow.id == id))
            return sitting.files()
        await self._change(id, portrait=None)
        await self._unlink(id, _OF_A_PORTRAIT)
        return sitting.portrait.files if sitting.portrait else ()

    async def retained_too_long(self, now: datetime, limit: int) -> Sequence[UUID]:
        due = SittingRow.photo_delete_at
        has_photo = exists().where(SittingFileRow.sitting_id == SittingRow.id, SittingFileRow.role == _PHOTO)
        over = select(SittingRow.id).where(due <= now, has_photo).order_by(due).limit(limit)
        return (await self._session.scalars(over)).all()

    async def forget_photo(self, id: UUID) -> Sequence[StoredFile]:
        sitting = await self._locked(id)
        if sitting is None or sitting.photo is None:
            return ()
        await self._unlink(id, (_PHOTO,))
        return (sitting.photo.file,)

    async def _locked(self, id: UUID) -> Sitting | None:
        """The sitting, kept from all others; what is read after it is what they have left."""
        await self._session.scalar(select(SittingRow.id).where(SittingRow.id == id).with_for_update())
        return await self.get(id)

    async def _is_at_work(self, id: UUID) -> bool:
        return await self._has(id, JobRow.state.in_(_OPEN))

    async def _is_shown(self, id: UUID) -> bool:
        return await self._has(id)

    async def _has(self, id: UUID, *conditions: Any) -> bool:
        found = (
            select(literal(1))
            .join_from(GenerationRow, JobRow, JobRow.id == GenerationRow.id)
            .where(GenerationRow.sitting_id == id, *conditions)
            .limit(1)
        )
        return await self._session.scalar(found) is not None

    async def _change(self, id: UUID, **values: Any) -> None:
        await self._session.execute(
            update(SittingRow)
            .where(SittingRow.id == id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )

    async def _link(self, id: UUID, files: dict[str, StoredFile]) -> None:
        rows = [{"sitting_id": id, "role": role, "key": file.key} for role, file in files.items()]
        await self._session.execute(insert(SittingFileRow), rows)

    async def _unlink(self, id: UUID, roles: Sequence[str]) -> None:
        await self._session.execute(
            delete(SittingFileRow).where(SittingFileRow.sitting_id == id, SittingFileRow.role.in_(roles))
        )


def _of(owner: str) -> Select[tuple[GenerationRow]]:
    own = select(GenerationRow).where(GenerationRow.owner == owner)
    # Whatever was read before in this unit of work may have changed since.
    return own.execution_options(populate_existing=True)


def _change(id: UUID) -> Any:
    changed = update(GenerationRow).where(GenerationRow.id == id)
    return changed.execution_options(synchronize_session=False)


def _sittings() -> Select[tuple[SittingRow]]:
    with_files = selectinload(SittingRow.files).joinedload(SittingFileRow.file)
    return select(SittingRow).options(with_files).execution_options(populate_existing=True)


def _sitting(row: SittingRow) -> Sitting:
    by_role = {link.role: link.file.stored for link in row.files}
    portrait = None
    # Files are read after their row, and may have been dropped between.
    if row.portrait is not None and by_role.keys() >= set(_OF_A_PORTRAIT):
        portrait = portrait_of(row.portrait, FaceFiles(*(by_role[role] for role in _OF_A_PORTRAIT)))
    return sitting_of(
        row.asked,
        by_role.get(_PHOTO),
        id=row.id,
        photo_delete_at=row.photo_delete_at,
        portrait=portrait,
    )
