"""What was drawn of avatars, and orders of videos, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from services.generator.adapters.breakdowns import count_breakdown
from services.generator.adapters.documents_albums import asked_document, order_of
from services.generator.adapters.tables.albums import DrawingRow, VideoOrderRow
from services.generator.adapters.tables.avatars import AvatarRow
from services.generator.adapters.tables.base import FileRow
from services.generator.adapters.tables.jobs import JobFileRow, JobRow
from services.generator.domain.albums import PICTURES_KEPT, Attempts, Medium, VideoOrder
from services.generator.domain.errors import AvatarNotFound
from services.generator.domain.jobs import State
from services.generator.domain.model import StoredFile
from services.generator.domain.pictures import Drawn


class PostgresAlbums:
    """The records of drawings."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, avatar_id: UUID, content: str) -> Drawn | None:
        one = select(DrawingRow).where(DrawingRow.avatar_id == avatar_id, DrawingRow.content == content)
        row = await self._session.scalar(one.options(joinedload(DrawingRow.file)))
        return None if row is None else Drawn(row.file.stored, tuple(row.clamped_bones))

    async def keep(
        self, owner: str, avatar_id: UUID, content: str, medium: Medium, drawn: Drawn, now: datetime
    ) -> Sequence[StoredFile]:
        # Whoever deletes the avatar waits until this is committed, and then finds it; so does who draws for it as well.
        if await self._session.scalar(_own(owner, avatar_id).with_for_update(key_share=True)) is None:
            raise AvatarNotFound
        left = await self._remove(DrawingRow.avatar_id == avatar_id, DrawingRow.content == content)
        await self._session.execute(
            insert(DrawingRow).values(
                avatar_id=avatar_id,
                content=content,
                medium=medium.value,
                key=drawn.file.key,
                clamped_bones=list(drawn.clamped_bones),
                drawn_at=now,
            )
        )
        left |= await self._remove(DrawingRow.avatar_id == avatar_id, DrawingRow.content.in_(_old(avatar_id)))
        return await self._files(left)

    async def picture(self, owner: str, key: str) -> StoredFile | None:
        shown = (
            select(FileRow)
            .join(DrawingRow, DrawingRow.key == FileRow.key)
            .join(AvatarRow, AvatarRow.id == DrawingRow.avatar_id)
            .where(DrawingRow.key == key, DrawingRow.medium == Medium.PICTURE.value, AvatarRow.owner == owner)
        )
        file = await self._session.scalar(shown.limit(1))
        return None if file is None else file.stored

    async def holds(self, avatar_id: UUID, key: str) -> bool:
        held = select(DrawingRow.content).where(DrawingRow.avatar_id == avatar_id, DrawingRow.key == key)
        return await self._session.scalar(held.limit(1)) is not None

    async def clear(self, owner: str, avatar_id: UUID) -> Sequence[StoredFile]:
        if await self._session.scalar(_own(owner, avatar_id).with_for_update()) is None:
            return ()
        orders = select(VideoOrderRow.job_id).where(VideoOrderRow.avatar_id == avatar_id)
        results = delete(JobFileRow).where(JobFileRow.job_id.in_(orders)).returning(JobFileRow.key)
        keys = await self._session.scalars(results.execution_options(synchronize_session=False))
        return await self._files({*keys, *await self._remove(DrawingRow.avatar_id == avatar_id)})

    async def _remove(self, *which: ColumnElement[bool]) -> set[str]:
        """Delete drawings; gives the keys of their files."""
        gone = delete(DrawingRow).where(*which).returning(DrawingRow.key)
        return set(await self._session.scalars(gone.execution_options(synchronize_session=False)))

    async def _files(self, keys: Iterable[str]) -> Sequence[StoredFile]:
        rows = await self._session.scalars(select(FileRow).where(FileRow.key.in_(keys)))
        return [row.stored for row in rows]


class PostgresVideoOrders:
    """What jobs of videos were asked for."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, job_id: UUID, order: VideoOrder) -> None:
        await self._session.execute(
            insert(VideoOrderRow).values(
                job_id=job_id, avatar_id=order.avatar_id, content=order.content, asked=asked_document(order)
            )
        )

    async def get(self, job_id: UUID) -> VideoOrder | None:
        row = await self._session.get(VideoOrderRow, job_id)
        return None if row is None else order_of(row.avatar_id, row.content, row.asked)

    async def attempts(self, avatar_id: UUID, content: str) -> Attempts:
        under_way = func.array_agg(JobRow.id).filter(JobRow.ended_at.is_(None))
        found = (
            select(func.count(), under_way, func.bool_or(JobRow.state == State.COMPLETED.value))
            .join_from(VideoOrderRow, JobRow, JobRow.id == VideoOrderRow.job_id)
            .where(VideoOrderRow.avatar_id == avatar_id, VideoOrderRow.content == content)
        )
        number, ids, has_completed = (await self._session.execute(found)).one()
        return Attempts(number, ids[0] if ids else None, bool(has_completed))

    async def broke_down(self, job_id: UUID) -> int:
        return await count_breakdown(self._session, VideoOrderRow, VideoOrderRow.job_id == job_id)


def _own(owner: str, avatar_id: UUID) -> Select[tuple[UUID]]:
    return select(AvatarRow.id).where(AvatarRow.id == avatar_id, AvatarRow.owner == owner)


def _old(avatar_id: UUID) -> Select[tuple[str]]:
    """Contents of an avatar's pictures beyond those that it remembers."""
    pictures = select(DrawingRow.content).where(
        DrawingRow.avatar_id == avatar_id, DrawingRow.medium == Medium.PICTURE.value
    )
    newest_first = pictures.order_by(DrawingRow.drawn_at.desc(), DrawingRow.content)
    return newest_first.offset(PICTURES_KEPT)
