"""People's own backgrounds in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from services.generator.adapters.postgres_locks import lock_owner
from services.generator.adapters.tables.custom_backgrounds import CustomBackgroundRow as Row
from services.generator.domain.custom_backgrounds import CustomBackground
from services.generator.domain.model import Position


class PostgresCustomBackgrounds:
    """The records."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, background: CustomBackground, most: int) -> bool:
        await lock_owner(self._session, "custom_backgrounds", background.owner)
        own = select(func.count()).select_from(Row).where(Row.owner == background.owner)
        if (await self._session.scalar(own) or 0) >= most:
            return False
        await self._session.execute(
            insert(Row).values(
                id=background.id,
                owner=background.owner,
                name=background.name,
                key=background.file.key,
                width=background.width,
                height=background.height,
                created_at=background.created_at,
            )
        )
        return True

    async def get(self, owner: str, id: UUID) -> CustomBackground | None:
        row = await self._session.scalar(_own(owner).where(Row.id == id))
        return None if row is None else _background(row)

    async def remove(self, owner: str, id: UUID) -> CustomBackground | None:
        background = await self.get(owner, id)
        # A background never changes, so what was read is what goes; of two deletions one finds it gone.
        gone = delete(Row).where(Row.owner == owner, Row.id == id).returning(Row.id)
        deleted = await self._session.scalar(gone.execution_options(synchronize_session=False))
        return None if deleted is None else background

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[CustomBackground]:
        query = _own(owner).order_by(Row.created_at.desc(), Row.id.desc()).limit(limit)
        if after is not None:
            query = query.where(tuple_(Row.created_at, Row.id) < tuple_(*map(literal, after)))
        return [_background(row) for row in await self._session.scalars(query)]


def _own(owner: str) -> Select[tuple[Row]]:
    return select(Row).where(Row.owner == owner).options(joinedload(Row.file))


def _background(row: Row) -> CustomBackground:
    return CustomBackground(
        row.id, row.owner, row.name, row.file.stored, row.width, row.height, row.created_at
    )
