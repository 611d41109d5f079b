"""Links to pictures in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from services.generator.adapters.postgres_locks import lock_owner
from services.generator.adapters.tables.avatars import AvatarRow
from services.generator.adapters.tables.base import FileRow
from services.generator.adapters.tables.generations import GenerationRow
from services.generator.adapters.tables.shares import ShareRow
from services.generator.domain.errors import AvatarNotFound, GenerationNotFound
from services.generator.domain.model import Position, StoredFile
from services.generator.domain.shares import Share, SharedPicture


class PostgresShares:
    """The records."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, share: Share, token_sha256: str, most: int) -> bool:
        # The owner before what is shown: whoever deletes that waits for no owner, so nobody waits in a circle.
        await lock_owner(self._session, "shares", share.owner)
        await self._hold(share)
        holding = select(func.count()).select_from(ShareRow).where(*_holding(share.owner, share.created_at))
        if (await self._session.scalar(holding) or 0) >= most:
            return False
        await self._session.execute(
            insert(ShareRow).values(
                id=share.id,
                owner=share.owner,
                token_sha256=token_sha256,
                avatar_id=share.avatar_id,
                generation_id=share.generation_id,
                title=share.title,
                key=share.picture.file.key,
                width=share.picture.width,
                height=share.picture.height,
                created_at=share.created_at,
                expires_at=share.expires_at,
            )
        )
        return True

    async def opened(self, token_sha256: str, now: datetime) -> Share | None:
        one = _shares().where(ShareRow.token_sha256 == token_sha256, ShareRow.expires_at > now)
        row = await self._session.scalar(one)
        return None if row is None else _share(row)

    async def page(self, owner: str, now: datetime, *, limit: int, after: Position | None) -> Sequence[Share]:
        place = tuple_(ShareRow.created_at, ShareRow.id)
        own = _shares().where(*_holding(owner, now))
        query = own.order_by(ShareRow.created_at.desc(), ShareRow.id.desc()).limit(limit)
        if after is not None:
            query = query.where(place < tuple_(*map(literal, after)))
        return [_share(row) for row in await self._session.scalars(query)]

    async def remove(self, owner: str, id: UUID) -> Share | None:
        row = await self._session.scalar(_shares().where(ShareRow.owner == owner, ShareRow.id == id))
        if row is None:
            return None
        share = _share(row)
        # A link never changes, so what was read is what goes; of two deletions one finds it gone.
        return share if await self._gone(ShareRow.id == id) else None

    async def clear(self, avatar_id: UUID) -> Sequence[StoredFile]:
        return await self._gone(ShareRow.avatar_id == avatar_id)

    async def expired(self, now: datetime, limit: int) -> Sequence[StoredFile]:
        over = (
            select(ShareRow.id).where(ShareRow.expires_at <= now).order_by(ShareRow.expires_at).limit(limit)
        )
        return await self._gone(ShareRow.id.in_(over.with_for_update(skip_locked=True)))

    async def _hold(self, share: Share) -> None:
        """Whoever deletes what is shown waits until this is committed, and then finds the link."""
        if share.avatar_id is not None:
            own = select(AvatarRow.id).where(AvatarRow.id == share.avatar_id, AvatarRow.owner == share.owner)
            if await self._session.scalar(own.with_for_update(key_share=True)) is None:
                raise AvatarNotFound
            return
        drawn = select(GenerationRow.id).where(
            GenerationRow.id == share.generation_id, GenerationRow.owner == share.owner
        )
        if await self._session.scalar(drawn.with_for_update(key_share=True)) is None:
            raise GenerationNotFound

    async def _gone(self, which: ColumnElement[bool]) -> Sequence[StoredFile]:
        """Delete links; gives their pictures."""
        gone = delete(ShareRow).where(which).returning(ShareRow.key)
        keys = set(await self._session.scalars(gone.execution_options(synchronize_session=False)))
        rows = await self._session.scalars(select(FileRow).where(FileRow.key.in_(keys)))
        return [row.stored for row in rows]


def _shares() -> Select[tuple[ShareRow]]:
    return select(ShareRow).options(joinedload(ShareRow.file))


def _holding(owner: str, now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ShareRow.owner == owner, ShareRow.expires_at > now


def _share(row: ShareRow) -> Share:
    return Share(
        id=row.id,
        owner=row.owner,
        picture=SharedPicture(row.file.stored, row.width, row.height),
        title=row.title,
        created_at=row.created_at,
        expires_at=row.expires_at,
        avatar_id=row.avatar_id,
        generation_id=row.generation_id,
    )
